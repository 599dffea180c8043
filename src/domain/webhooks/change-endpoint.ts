import { ResourceNotFound } from "../accounts/errors.ts";
import type { WebhookEndpoint } from "./endpoint.ts";
import type { EndpointChange, EndpointDeps, WebhookActor } from "./ports.ts";
import { webhookRecord } from "./webhook-record.ts";

/** A new address, and enabling, forget the failures there were. Throws `ResourceNotFound`. The caller has checked the address. */
export async function changeEndpoint(
  { endpoints }: Pick<EndpointDeps, "endpoints">,
  actor: WebhookActor,
  { id, ...change }: EndpointChange & { id: string },
): Promise<WebhookEndpoint> {
  const fields = Object.entries(change).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  const details = { changed: fields.join(" "), ...(change.status && { status: change.status }) };
  const record = webhookRecord(actor, id, { action: "webhook.changed", details });
  const endpoint = await endpoints.change({ id, mode: actor.mode }, change, record);
  if (endpoint === null) throw new ResourceNotFound();
  return endpoint;
}
