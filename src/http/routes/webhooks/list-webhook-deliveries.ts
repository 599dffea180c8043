import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { DELIVERY_STATUSES } from "../../../domain/webhooks/delivery.ts";
import { loadEndpoint } from "../../../domain/webhooks/load-endpoint.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject, nameInput } from "../../closed-object.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { COMMON_PROBLEMS, RESOURCE_NOT_FOUND } from "../../shared-responses.ts";
import { cursorAfter, DeliveryCursor } from "./delivery-cursor.ts";
import { deliveryJson, WebhookDelivery, WebhookParam } from "./schema.ts";
import { webhookDeps } from "./webhook-deps.ts";

const MAX_LIMIT = 200;

const WebhookDeliveryPage = z
  .object({ data: z.array(WebhookDelivery), next_cursor: z.string().nullable(), has_more: z.boolean() })
  .openapi("WebhookDeliveryPage");

export const listWebhookDeliveriesRoute = createRoute({
  method: "get",
  path: "/api/v2/webhooks/{id}/deliveries",
  operationId: "listWebhookDeliveries",
  tags: ["Webhooks"],
  summary: "List what was sent to an endpoint",
  description: "Newest first, of the last 30 days; tests and replays included.",
  security: [{ bearer: ["webhooks:write"] }],
  middleware: [requireScope("webhooks:write")] as const,
  request: {
    params: z.object({ id: WebhookParam }),
    query: closedObject({
      status: nameInput(DELIVERY_STATUSES).optional(),
      cursor: DeliveryCursor.optional(),
      limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(50),
    }),
  },
  responses: {
    200: {
      description: "One page of deliveries",
      content: { "application/json": { schema: WebhookDeliveryPage } },
    },
    ...COMMON_PROBLEMS,
    ...RESOURCE_NOT_FOUND,
  },
});

export const listWebhookDeliveries: RouteHandler<typeof listWebhookDeliveriesRoute, AppEnv> = async (
  context,
) => {
  const { endpoints, deliveries } = webhookDeps(context);
  const { status = null, cursor = null, limit } = context.req.valid("query");
  const { id } = await loadEndpoint(endpoints, context.get("principal"), context.req.valid("param").id);
  const found = await deliveries.list(id, { status, limit: limit + 1, after: cursor });
  const page = found.slice(0, limit);
  const last = found.length > limit ? page.at(-1) : undefined;
  const next_cursor = last === undefined ? null : cursorAfter(last);
  const body = { data: page.map(deliveryJson), next_cursor, has_more: next_cursor !== null };
  return context.json(body, 200, PRIVATE_JSON);
};
