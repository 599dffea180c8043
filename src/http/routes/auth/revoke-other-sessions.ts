import { createRoute, type RouteHandler } from "@hono/zod-openapi";
import { revokeOtherSessions } from "../../../domain/accounts/revoke-session.ts";
import { actContext, pokeAudit } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";
import { requireSession } from "../../middleware/authenticate.ts";
import { COMMON_PROBLEMS } from "../../shared-responses.ts";
import { ownSession } from "./account-deps.ts";

export const revokeOtherSessionsRoute = createRoute({
  method: "delete",
  path: "/api/v2/auth/sessions",
  operationId: "revokeOtherSessions",
  tags: ["Sign-in"],
  summary: "End all your sessions but this one",
  description: "They stop working everywhere within five seconds.",
  security: [{ session: [] }],
  middleware: [requireSession] as const,
  responses: { 204: { description: "Ended, if there were any" }, ...COMMON_PROBLEMS },
});

export const revokeOtherSessionsHandler: RouteHandler<typeof revokeOtherSessionsRoute, AppEnv> = async (
  context,
) => {
  const { services, principals } = context.get("isolate");
  const by = ownSession(context);
  await revokeOtherSessions(services.accounts.sessions, actContext(context), by);
  principals.forgetPerson(by.userId);
  pokeAudit(context, by.organisationId);
  return context.body(null, 204);
};
