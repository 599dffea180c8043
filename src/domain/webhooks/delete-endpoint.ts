import { ResourceNotFound } from "../accounts/errors.ts";
import type { EndpointDeps, WebhookActor } from "./ports.ts";
import { webhookRecord } from "./webhook-record.ts";

/** With its deliveries, those still to come included. Throws `ResourceNotFound`. */
export async function deleteEndpoint(
  { endpoints }: Pick<EndpointDeps, "endpoints">,
  actor: WebhookActor,
  id: string,
): Promise<void> {
  const record = webhookRecord(actor, id, { action: "webhook.deleted", details: {} });
  if (!(await endpoints.delete({ id, mode: actor.mode }, record))) throw new ResourceNotFound();
}
