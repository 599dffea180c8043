import type { OutgoingWebhook, PostWebhook, ReceiverAnswer } from "../domain/webhooks/ports.ts";
import { tracedHeaders } from "../observability/current-caller.ts";
import { annotateSpan, span } from "../observability/span.ts";
import { retryAfterMs } from "./retry-after.ts";

const TIMEOUT_MS = 15_000;

/** Nobody reads what a receiver says beyond its status, however long it is, nor whether its end fails. */
async function letGo(response: Response): Promise<void> {
  await response.body?.cancel().catch(() => undefined);
}

/** `now`: ms, for a `Retry-After` that is a date. */
export function webhookReceiver(now: () => number): PostWebhook {
  return async ({ url, headers, body }: OutgoingWebhook): Promise<ReceiverAnswer> => {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const attributes = { "http.request.method": "POST" };
    try {
      const response = await span("webhook", { kind: "client", attributes }, async () => {
        const init = { method: "POST", headers: { ...headers, ...tracedHeaders() }, body } as const;
        const answered = await fetch(url, { ...init, redirect: "manual", signal });
        annotateSpan({ "http.response.status_code": answered.status });
        return answered;
      });
      await letGo(response);
      return {
        status: response.status,
        retryAfterMs: retryAfterMs(response.headers.get("retry-after"), now()),
      };
    } catch {
      return { error: signal.aborted ? "timeout" : "unreachable" };
    }
  };
}
