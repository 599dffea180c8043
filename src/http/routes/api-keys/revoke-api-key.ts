import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { revokeKey } from "../../../domain/accounts/keys/revoke-key.ts";
import { pokeAudit } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { COMMON_PROBLEMS, RESOURCE_NOT_FOUND } from "../../shared-responses.ts";
import { keyActor, keyDeps } from "./key-actor.ts";
import { KeyParam } from "./schema.ts";

export const revokeApiKeyRoute = createRoute({
  method: "delete",
  path: "/api/v2/api-keys/{id}",
  operationId: "revokeApiKey",
  tags: ["API keys"],
  summary: "Revoke an API key",
  description:
    "It stops working everywhere within five seconds. Revoking it again changes nothing. For owners and administrators.",
  security: [{ session: ["keys:write"] }],
  middleware: [requireScope("keys:write")] as const,
  request: { params: z.object({ id: KeyParam }) },
  responses: { 204: { description: "Revoked" }, ...COMMON_PROBLEMS, ...RESOURCE_NOT_FOUND },
});

export const revokeApiKey: RouteHandler<typeof revokeApiKeyRoute, AppEnv> = async (context) => {
  const actor = keyActor(context);
  await revokeKey(keyDeps(context), actor, context.req.valid("param").id);
  pokeAudit(context, actor.principal.organisationId);
  return context.body(null, 204);
};
