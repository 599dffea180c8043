import type { Services } from "../../services.ts";

/** Younger ones are on their way. */
const LATE_MS = 2 * 60_000;
const AT_MOST = 1_000;

/** Deliveries that are due and that no message leads to are sent again. */
export async function resendDeliveries({ webhooks, log, now }: Pick<Services, "webhooks" | "log" | "now">) {
  const { deliveries, queue } = webhooks.delivery;
  const overdue = await deliveries.overdue(new Date(now() - LATE_MS).toISOString(), AT_MOST);
  if (overdue.length === 0) return;
  log.event("deliveries_resent", { deliveries: overdue.length });
  await queue.send(overdue.map((delivery_id) => ({ type: "webhook.deliver", delivery_id })));
}
