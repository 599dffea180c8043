import { ResourceNotFound } from "../accounts/errors.ts";
import type { EndpointWithSecret } from "./create-endpoint.ts";
import { SECRET_OVERLAP_MS } from "./endpoint.ts";
import type { EndpointDeps, WebhookActor } from "./ports.ts";
import { webhookRecord } from "./webhook-record.ts";

/**
 * The old secret signs too for 24 hours, also when the same operation comes twice because its answer was lost.
 * Throws `ResourceNotFound`.
 */
export async function rotateSecret(
  { endpoints, secrets }: EndpointDeps,
  actor: WebhookActor,
  { id, operationId }: { id: string; operationId: string | null },
): Promise<EndpointWithSecret> {
  const { secret, sealed } = await secrets.create(id);
  const overlapUntil = new Date(actor.context.now + SECRET_OVERLAP_MS).toISOString();
  const next = { sealed, overlapUntil, operationId };
  const details = { previous_until: overlapUntil };
  const record = webhookRecord(actor, id, { action: "webhook.secret_rotated", details });
  const endpoint = await endpoints.replaceSecret({ id, mode: actor.mode }, next, record);
  if (endpoint === null) throw new ResourceNotFound();
  return { endpoint, secret };
}
