import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { revokeSession } from "../../../domain/accounts/revoke-session.ts";
import { actContext, pokeAudit } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";
import { requireSession } from "../../middleware/authenticate.ts";
import { COMMON_PROBLEMS, RESOURCE_NOT_FOUND } from "../../shared-responses.ts";
import { ownSession } from "./account-deps.ts";
import { SessionParam } from "./session-id.ts";

export const revokeSessionRoute = createRoute({
  method: "delete",
  path: "/api/v2/auth/sessions/{id}",
  operationId: "revokeSession",
  tags: ["Sign-in"],
  summary: "End one of your sessions",
  description: "It stops working everywhere within five seconds.",
  security: [{ session: [] }],
  middleware: [requireSession] as const,
  request: { params: z.object({ id: SessionParam }) },
  responses: { 204: { description: "Ended" }, ...COMMON_PROBLEMS, ...RESOURCE_NOT_FOUND },
});

export const revokeSessionHandler: RouteHandler<typeof revokeSessionRoute, AppEnv> = async (context) => {
  const { services, principals } = context.get("isolate");
  const by = ownSession(context);
  const { id: sessionId } = context.req.valid("param");
  await revokeSession(services.accounts.sessions, actContext(context), { by, sessionId });
  principals.forgetPerson(by.userId);
  pokeAudit(context, by.organisationId);
  return context.body(null, 204);
};
