import type { Context } from "hono";
import type { DeliveryDeps, EndpointDeps, WebhookActor } from "../../../domain/webhooks/ports.ts";
import { publicUrlFault } from "../../../lib/public-url.ts";
import { actContext } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";
import { RequestInvalid } from "../../request-invalid.ts";

/** What the webhook use cases work with. */
export function webhookDeps(context: Context<AppEnv>): EndpointDeps & DeliveryDeps {
  const { delivery, endpoints, secrets } = context.get("isolate").services.webhooks;
  return { ...delivery, endpoints, secrets };
}

export function webhookActor(context: Context<AppEnv>): WebhookActor {
  const { organisationId, mode, actor } = context.get("principal");
  return { organisationId, mode, actor, context: actContext(context) };
}

/** Throws `RequestInvalid` for an address that we must not call. */
export function ensureReachable(context: Context<AppEnv>, url: string): void {
  const fault = publicUrlFault(url, context.get("isolate").services.webhooks.delivery);
  if (fault === null) return;
  const params = { fault: `webhooks.url_${fault}` };
  throw new RequestInvalid(
    [{ code: "custom", path: ["url"], message: fault, params, input: undefined }],
    "body",
  );
}
