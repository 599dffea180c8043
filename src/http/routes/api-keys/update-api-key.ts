import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { renameKey } from "../../../domain/accounts/keys/rename-key.ts";
import { pokeAudit } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { limitBody, requireJson } from "../../middleware/json-body.ts";
import { BODY_PROBLEMS, COMMON_PROBLEMS, RESOURCE_NOT_FOUND } from "../../shared-responses.ts";
import { keyActor, keyDeps } from "./key-actor.ts";
import { ApiKey, apiKeyJson, KeyParam, KeyName } from "./schema.ts";

const FIXED = "keys.fixed";
const Body = closedObject({ name: KeyName }, { scopes: FIXED, mode: FIXED, expires_at: FIXED }).openapi(
  "UpdateApiKeyRequest",
);

export const updateApiKeyRoute = createRoute({
  method: "patch",
  path: "/api/v2/api-keys/{id}",
  operationId: "updateApiKey",
  tags: ["API keys"],
  summary: "Rename an API key",
  description: "Scopes, mode and expiry never change: create another key. For owners and administrators.",
  security: [{ session: ["keys:write"] }],
  middleware: [requireScope("keys:write"), limitBody(16), requireJson] as const,
  request: {
    params: z.object({ id: KeyParam }),
    query: closedObject({}),
    body: { required: true, content: { "application/json": { schema: Body } } },
  },
  responses: {
    200: { description: "The key, renamed", content: { "application/json": { schema: ApiKey } } },
    ...COMMON_PROBLEMS,
    ...BODY_PROBLEMS,
    ...RESOURCE_NOT_FOUND,
  },
});

export const updateApiKey: RouteHandler<typeof updateApiKeyRoute, AppEnv> = async (context) => {
  const actor = keyActor(context);
  const { id } = context.req.valid("param");
  const key = await renameKey(keyDeps(context), actor, { id, name: context.req.valid("json").name });
  pokeAudit(context, actor.principal.organisationId);
  return context.json(apiKeyJson(key), 200, PRIVATE_JSON);
};
