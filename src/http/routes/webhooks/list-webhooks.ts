import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { COMMON_PROBLEMS } from "../../shared-responses.ts";
import { Webhook, WebhookCursor, webhookJson } from "./schema.ts";
import { webhookDeps } from "./webhook-deps.ts";

const MAX_LIMIT = 200;

const WebhookPage = z
  .object({ data: z.array(Webhook), next_cursor: z.string().nullable(), has_more: z.boolean() })
  .openapi("WebhookPage");

export const listWebhooksRoute = createRoute({
  method: "get",
  path: "/api/v2/webhooks",
  operationId: "listWebhooks",
  tags: ["Webhooks"],
  summary: "List the endpoints of the organisation",
  description:
    "Newest first, disabled ones included; never their secrets. A test key sees those of test keys, everybody else the live ones.",
  security: [{ bearer: ["webhooks:write"] }],
  middleware: [requireScope("webhooks:write")] as const,
  request: {
    query: closedObject({
      cursor: WebhookCursor.optional(),
      limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(50),
    }),
  },
  responses: {
    200: { description: "One page of endpoints", content: { "application/json": { schema: WebhookPage } } },
    ...COMMON_PROBLEMS,
  },
});

export const listWebhooks: RouteHandler<typeof listWebhooksRoute, AppEnv> = async (context) => {
  const { cursor = null, limit } = context.req.valid("query");
  const page = { limit: limit + 1, before: cursor };
  const found = await webhookDeps(context).endpoints.list(context.get("principal"), page);
  const data = found.slice(0, limit).map(webhookJson);
  const has_more = found.length > limit;
  const next_cursor = has_more ? (data.at(-1)?.id ?? null) : null;
  return context.json({ data, next_cursor, has_more }, 200, PRIVATE_JSON);
};
