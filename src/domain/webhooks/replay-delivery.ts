import { errorKind } from "../../lib/error-kind.ts";
import type { DeliveryDetail } from "./delivery.ts";
import { WebhookRefused } from "./errors.ts";
import { loadDelivery, loadEndpoint } from "./load-endpoint.ts";
import type { DeliveryDeps, EndpointStore, WebhookActor } from "./ports.ts";
import { webhookRecord } from "./webhook-record.ts";

type ReplayDeps = Pick<DeliveryDeps, "deliveries" | "queue" | "log"> & { endpoints: EndpointStore };

/**
 * Sends the event of a delivery to its endpoint once more: same `webhook-id`, same body, a schedule of its own.
 * Throws `ResourceNotFound`, `WebhookRefused` (`webhooks.disabled`).
 */
export async function replayDelivery(
  deps: ReplayDeps,
  actor: WebhookActor,
  from: { endpointId: string; deliveryId: string },
): Promise<DeliveryDetail> {
  const { deliveries, endpoints } = deps;
  const { context } = actor;
  const { endpointId, deliveryId } = from;
  await loadEndpoint(endpoints, actor, endpointId);
  const { eventId } = await loadDelivery(deliveries, endpointId, deliveryId);
  const next = { id: context.newId("dlv"), at: new Date(context.now).toISOString() };
  const details = { delivery_id: deliveryId, replay_id: next.id, event_id: eventId };
  const record = webhookRecord(actor, endpointId, { action: "webhook.replayed", details });
  if (!(await deliveries.replay({ id: deliveryId, endpointId }, next, record)))
    throw new WebhookRefused("webhooks.disabled");
  try {
    await deps.queue.send([{ type: "webhook.deliver", delivery_id: next.id }]);
  } catch (error) {
    // It is due, and the schedule finds what is due.
    deps.log.event("webhook_replay_not_queued", { delivery_id: next.id, error: errorKind(error) });
  }
  return loadDelivery(deliveries, endpointId, next.id);
}
