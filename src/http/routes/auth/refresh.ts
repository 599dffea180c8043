import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { refreshSession } from "../../../domain/accounts/refresh-session.ts";
import { actContext, pokeAudit } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { limitBody, requireJson } from "../../middleware/json-body.ts";
import { BODY_PROBLEMS, OPEN_PROBLEMS } from "../../shared-responses.ts";
import { accountDeps } from "./account-deps.ts";
import { SessionTokens, sessionTokens } from "./session-tokens.ts";

const Body = closedObject({ refresh_token: z.string().min(1).max(200) }).openapi("RefreshRequest");

export const refreshRoute = createRoute({
  method: "post",
  path: "/api/v2/auth/refresh",
  operationId: "refreshSession",
  tags: ["Sign-in"],
  summary: "Exchange a refresh token for new tokens",
  description:
    "Each refresh token is good once. One that comes back ends the whole session: somebody else may hold it. A session lives 30 days from its last refresh, 90 in all.",
  security: [],
  middleware: [limitBody(16), requireJson] as const,
  request: { body: { required: true, content: { "application/json": { schema: Body } } } },
  responses: {
    200: { description: "New tokens", content: { "application/json": { schema: SessionTokens } } },
    ...OPEN_PROBLEMS,
    ...BODY_PROBLEMS,
  },
});

export const refresh: RouteHandler<typeof refreshRoute, AppEnv> = async (context) => {
  const { refresh_token } = context.req.valid("json");
  const poke = (organisationId: string): void => pokeAudit(context, organisationId);
  const deps = { ...accountDeps(context), poke };
  const opened = await refreshSession(deps, actContext(context), refresh_token);
  return context.json(sessionTokens(opened), 200, PRIVATE_JSON);
};
