import type { Handler } from "../dispatch.ts";

export const eventPublished: Handler<"event.published"> = async ({ webhooks }, { event_id }) => {
  const { deliveries, queue } = webhooks.delivery;
  const pending = await deliveries.pendingOf(event_id);
  await queue.send(pending.map((delivery_id) => ({ type: "webhook.deliver", delivery_id })));
};
