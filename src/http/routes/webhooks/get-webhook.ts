import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { loadEndpoint } from "../../../domain/webhooks/load-endpoint.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { COMMON_PROBLEMS, RESOURCE_NOT_FOUND } from "../../shared-responses.ts";
import { Webhook, webhookJson, WebhookParam } from "./schema.ts";
import { webhookDeps } from "./webhook-deps.ts";

export const getWebhookRoute = createRoute({
  method: "get",
  path: "/api/v2/webhooks/{id}",
  operationId: "getWebhook",
  tags: ["Webhooks"],
  summary: "Read one endpoint",
  description: "Never its secret.",
  security: [{ bearer: ["webhooks:write"] }],
  middleware: [requireScope("webhooks:write")] as const,
  request: { params: z.object({ id: WebhookParam }), query: closedObject({}) },
  responses: {
    200: { description: "The endpoint", content: { "application/json": { schema: Webhook } } },
    ...COMMON_PROBLEMS,
    ...RESOURCE_NOT_FOUND,
  },
});

export const getWebhook: RouteHandler<typeof getWebhookRoute, AppEnv> = async (context) => {
  const { endpoints } = webhookDeps(context);
  const endpoint = await loadEndpoint(endpoints, context.get("principal"), context.req.valid("param").id);
  return context.json(webhookJson(endpoint), 200, PRIVATE_JSON);
};
