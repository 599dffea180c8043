import { deliver } from "../../domain/webhooks/deliver.ts";
import type { Handler } from "../dispatch.ts";

export const webhookDeliver: Handler<"webhook.deliver"> = async ({ webhooks }, { delivery_id }) =>
  deliver(webhooks.delivery, delivery_id);
