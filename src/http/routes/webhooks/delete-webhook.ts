import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { deleteEndpoint } from "../../../domain/webhooks/delete-endpoint.ts";
import { pokeAudit } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { COMMON_PROBLEMS, RESOURCE_NOT_FOUND } from "../../shared-responses.ts";
import { WebhookParam } from "./schema.ts";
import { webhookActor, webhookDeps } from "./webhook-deps.ts";

export const deleteWebhookRoute = createRoute({
  method: "delete",
  path: "/api/v2/webhooks/{id}",
  operationId: "deleteWebhook",
  tags: ["Webhooks"],
  summary: "Delete an endpoint",
  description: "With its secret and the log of its deliveries; what was still to come is not sent.",
  security: [{ bearer: ["webhooks:write"] }],
  middleware: [requireScope("webhooks:write")] as const,
  request: { params: z.object({ id: WebhookParam }) },
  responses: { 204: { description: "Deleted" }, ...COMMON_PROBLEMS, ...RESOURCE_NOT_FOUND },
});

export const deleteWebhook: RouteHandler<typeof deleteWebhookRoute, AppEnv> = async (context) => {
  const actor = webhookActor(context);
  await deleteEndpoint(webhookDeps(context), actor, context.req.valid("param").id);
  pokeAudit(context, actor.organisationId);
  return context.body(null, 204);
};
