import { noCounts } from "../jobs/task.ts";
import { taskEvent } from "../jobs/task-event.ts";
import { deliver } from "./deliver.ts";
import type { DeliveryDetail } from "./delivery.ts";
import { WebhookRefused } from "./errors.ts";
import { loadDelivery, loadEndpoint } from "./load-endpoint.ts";
import type { DeliveryDeps, EndpointStore, WebhookActor } from "./ports.ts";

/** A task that never was: its id says so. */
const TASK_ID = "tsk_test";

/**
 * Sends an invented `task.completed`, really signed, to this endpoint alone and at once; what came of the one attempt
 * is the answer. Throws `ResourceNotFound`, `WebhookRefused` (`webhooks.disabled`).
 */
export async function testEndpoint(
  deps: DeliveryDeps & { endpoints: EndpointStore },
  { organisationId, mode, context }: WebhookActor,
  endpointId: string,
): Promise<DeliveryDetail> {
  await loadEndpoint(deps.endpoints, { organisationId, mode }, endpointId);
  const at = new Date(context.now).toISOString();
  const task = { id: TASK_ID, organisationId, mode, type: "batch", rows: 3 } as const;
  const counts = { ...noCounts(), enriched: 2, not_found: 1 };
  const event = { ...taskEvent(task, "task.completed", { at, counts }), id: context.newId("evt") };
  const id = context.newId("dlv");
  if (!(await deps.deliveries.createTest(event, { id, endpointId })))
    throw new WebhookRefused("webhooks.disabled");
  await deliver(deps, id);
  return loadDelivery(deps.deliveries, endpointId, id);
}
