import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { loadKey } from "../../../domain/accounts/keys/load-key.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { COMMON_PROBLEMS, RESOURCE_NOT_FOUND } from "../../shared-responses.ts";
import { ApiKey, apiKeyJson, KeyParam } from "./schema.ts";

export const getApiKeyRoute = createRoute({
  method: "get",
  path: "/api/v2/api-keys/{id}",
  operationId: "getApiKey",
  tags: ["API keys"],
  summary: "Read one API key",
  description: "Never the key itself. For owners and administrators.",
  security: [{ session: ["keys:write"] }],
  middleware: [requireScope("keys:write")] as const,
  request: { params: z.object({ id: KeyParam }), query: closedObject({}) },
  responses: {
    200: { description: "The key, without its secret", content: { "application/json": { schema: ApiKey } } },
    ...COMMON_PROBLEMS,
    ...RESOURCE_NOT_FOUND,
  },
});

export const getApiKey: RouteHandler<typeof getApiKeyRoute, AppEnv> = async (context) => {
  const { keys } = context.get("isolate").services.accounts;
  const { organisationId } = context.get("principal");
  const key = await loadKey(keys, organisationId, context.req.valid("param").id);
  return context.json(apiKeyJson(key), 200, PRIVATE_JSON);
};
