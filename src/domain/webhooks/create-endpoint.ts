import type { WebhookEndpoint } from "./endpoint.ts";
import { WebhookRefused } from "./errors.ts";
import type { EndpointDeps, NewEndpoint, WebhookActor } from "./ports.ts";
import { webhookRecord } from "./webhook-record.ts";

/** `secret` is known to nobody but the caller from here on. */
export interface EndpointWithSecret {
  endpoint: WebhookEndpoint;
  secret: string;
}

/** Throws `WebhookRefused` (`webhooks.too_many`). The caller has checked the address. */
export async function createEndpoint(
  { endpoints, secrets }: EndpointDeps,
  actor: WebhookActor,
  input: Pick<NewEndpoint, "url" | "description" | "events">,
): Promise<EndpointWithSecret> {
  const id = actor.context.newId("wh");
  const { secret, sealed } = await secrets.create(id);
  const details = { events: input.events.join(" ") };
  const record = webhookRecord(actor, id, { action: "webhook.created", details });
  const endpoint = await endpoints.create({ ...input, id, mode: actor.mode, sealed }, record);
  if (endpoint === null) throw new WebhookRefused("webhooks.too_many");
  return { endpoint, secret };
}
