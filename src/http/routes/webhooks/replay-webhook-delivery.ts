import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { replayDelivery } from "../../../domain/webhooks/replay-delivery.ts";
import { pokeAudit } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { IdempotencyHeaders } from "../../idempotency-headers.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { idempotent } from "../../middleware/idempotent.ts";
import { limitBody } from "../../middleware/json-body.ts";
import {
  BODY_TOO_LARGE,
  COMMON_PROBLEMS,
  IDEMPOTENCY_PROBLEMS,
  RESOURCE_NOT_FOUND,
} from "../../shared-responses.ts";
import { deliveryDetailJson, DeliveryParam, WebhookDeliveryDetail, WebhookParam } from "./schema.ts";
import { webhookActor, webhookDeps } from "./webhook-deps.ts";

export const replayWebhookDeliveryRoute = createRoute({
  method: "post",
  path: "/api/v2/webhooks/{id}/deliveries/{delivery_id}/replay",
  operationId: "replayWebhookDelivery",
  tags: ["Webhooks"],
  summary: "Send an event once more",
  description:
    "A new delivery with retries of its own; `webhook-id` and body are those of the first time, so that a receiver that took it already can tell.",
  security: [{ bearer: ["webhooks:write"] }],
  middleware: [requireScope("webhooks:write"), limitBody(1), idempotent()] as const,
  request: {
    headers: IdempotencyHeaders,
    params: z.object({ id: WebhookParam, delivery_id: DeliveryParam }),
    query: closedObject({}),
  },
  responses: {
    202: {
      description: "The new delivery, on its way",
      content: { "application/json": { schema: WebhookDeliveryDetail } },
    },
    ...COMMON_PROBLEMS,
    ...BODY_TOO_LARGE,
    ...RESOURCE_NOT_FOUND,
    ...IDEMPOTENCY_PROBLEMS,
  },
});

export const replayWebhookDelivery: RouteHandler<typeof replayWebhookDeliveryRoute, AppEnv> = async (
  context,
) => {
  const { id, delivery_id } = context.req.valid("param");
  const actor = webhookActor(context);
  const from = { endpointId: id, deliveryId: delivery_id };
  const replayed = await replayDelivery(webhookDeps(context), actor, from);
  pokeAudit(context, actor.organisationId);
  const location = `/api/v2/webhooks/${id}/deliveries/${replayed.id}`;
  return context.json(deliveryDetailJson(replayed), 202, { ...PRIVATE_JSON, location });
};
