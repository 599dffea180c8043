import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { COMMON_PROBLEMS } from "../../shared-responses.ts";
import { ApiKey, apiKeyJson, KeyCursor } from "./schema.ts";

const MAX_LIMIT = 100;

const ApiKeyPage = z
  .object({
    data: z.array(ApiKey),
    next_cursor: z.string().nullable(),
    has_more: z.boolean(),
  })
  .openapi("ApiKeyPage");

export const listApiKeysRoute = createRoute({
  method: "get",
  path: "/api/v2/api-keys",
  operationId: "listApiKeys",
  tags: ["API keys"],
  summary: "List the API keys of the organisation",
  description:
    "Newest first, those that expired or were revoked included; never the keys themselves. For owners and administrators.",
  security: [{ session: ["keys:write"] }],
  middleware: [requireScope("keys:write")] as const,
  request: {
    query: closedObject({
      cursor: KeyCursor.optional(),
      limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(50),
    }),
  },
  responses: {
    200: { description: "One page of keys", content: { "application/json": { schema: ApiKeyPage } } },
    ...COMMON_PROBLEMS,
  },
});

export const listApiKeys: RouteHandler<typeof listApiKeysRoute, AppEnv> = async (context) => {
  const { cursor = null, limit } = context.req.valid("query");
  const { keys } = context.get("isolate").services.accounts;
  const { organisationId } = context.get("principal");
  const found = await keys.list(organisationId, { limit: limit + 1, before: cursor });
  const data = found.slice(0, limit).map(apiKeyJson);
  const has_more = found.length > limit;
  const next_cursor = has_more ? (data.at(-1)?.id ?? null) : null;
  return context.json({ data, next_cursor, has_more }, 200, PRIVATE_JSON);
};
