import { createRoute, type RouteHandler } from "@hono/zod-openapi";
import { signOut } from "../../../domain/accounts/revoke-session.ts";
import { actContext, pokeAudit } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";
import { requireSession } from "../../middleware/authenticate.ts";
import { COMMON_PROBLEMS } from "../../shared-responses.ts";
import { ownSession } from "./account-deps.ts";

export const logoutRoute = createRoute({
  method: "post",
  path: "/api/v2/auth/logout",
  operationId: "logout",
  tags: ["Sign-in"],
  summary: "End this session",
  description: "Its tokens stop working everywhere within five seconds. Takes no body.",
  security: [{ session: [] }],
  middleware: [requireSession] as const,
  responses: { 204: { description: "Signed out" }, ...COMMON_PROBLEMS },
});

export const logout: RouteHandler<typeof logoutRoute, AppEnv> = async (context) => {
  const { services, principals } = context.get("isolate");
  const own = ownSession(context);
  await signOut(services.accounts.sessions, actContext(context), own);
  principals.forgetPerson(own.userId);
  pokeAudit(context, own.organisationId);
  return context.body(null, 204);
};
