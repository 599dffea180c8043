import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { loadDelivery, loadEndpoint } from "../../../domain/webhooks/load-endpoint.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { COMMON_PROBLEMS, RESOURCE_NOT_FOUND } from "../../shared-responses.ts";
import { deliveryDetailJson, DeliveryParam, WebhookDeliveryDetail, WebhookParam } from "./schema.ts";
import { webhookDeps } from "./webhook-deps.ts";

export const getWebhookDeliveryRoute = createRoute({
  method: "get",
  path: "/api/v2/webhooks/{id}/deliveries/{delivery_id}",
  operationId: "getWebhookDelivery",
  tags: ["Webhooks"],
  summary: "Read one delivery",
  description: "With every attempt, and the body as it was signed.",
  security: [{ bearer: ["webhooks:write"] }],
  middleware: [requireScope("webhooks:write")] as const,
  request: {
    params: z.object({ id: WebhookParam, delivery_id: DeliveryParam }),
    query: closedObject({}),
  },
  responses: {
    200: {
      description: "The delivery",
      content: { "application/json": { schema: WebhookDeliveryDetail } },
    },
    ...COMMON_PROBLEMS,
    ...RESOURCE_NOT_FOUND,
  },
});

export const getWebhookDelivery: RouteHandler<typeof getWebhookDeliveryRoute, AppEnv> = async (context) => {
  const { endpoints, deliveries } = webhookDeps(context);
  const { id, delivery_id } = context.req.valid("param");
  const endpoint = await loadEndpoint(endpoints, context.get("principal"), id);
  const detail = await loadDelivery(deliveries, endpoint.id, delivery_id);
  return context.json(deliveryDetailJson(detail), 200, PRIVATE_JSON);
};
