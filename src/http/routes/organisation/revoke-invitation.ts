import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { revokeInvitation } from "../../../domain/accounts/organisation/revoke-invitation.ts";
import { pokeAudit } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { COMMON_PROBLEMS, RESOURCE_NOT_FOUND } from "../../shared-responses.ts";
import { memberActor, memberDeps } from "./member-deps.ts";
import { InvitationParam } from "./schema.ts";

export const revokeInvitationRoute = createRoute({
  method: "delete",
  path: "/api/v2/organisation/invitations/{id}",
  operationId: "revokeInvitation",
  tags: ["Organisation"],
  summary: "Revoke an invitation",
  description:
    "Takes `members:write`. Its token is then worth nothing. One that no longer waits for an answer is not found.",
  security: [{ session: ["members:write"] }],
  middleware: [requireScope("members:write")] as const,
  request: { params: z.object({ id: InvitationParam }), query: closedObject({}) },
  responses: { 204: { description: "Revoked" }, ...COMMON_PROBLEMS, ...RESOURCE_NOT_FOUND },
});

export const deleteInvitation: RouteHandler<typeof revokeInvitationRoute, AppEnv> = async (context) => {
  const actor = memberActor(context);
  await revokeInvitation(memberDeps(context), actor, context.req.valid("param").id);
  pokeAudit(context, actor.organisationId);
  return context.body(null, 204);
};
