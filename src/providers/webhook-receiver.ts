import type { OutgoingWebhook, PostWebhook, ReceiverAnswer } from "../domain/webhooks/ports.ts";
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
    try {
      const response = await fetch(url, { method: "POST", headers, body, redirect: "manual", signal });
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
