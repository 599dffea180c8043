import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { createMiddleware } from "hono/factory";
import { removeMember } from "../../../domain/accounts/organisation/remove-member.ts";
import { pokeAudit } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { requireScope, requireSession, sessionOf } from "../../middleware/authenticate.ts";
import { COMMON_PROBLEMS, CONFLICT, RESOURCE_NOT_FOUND } from "../../shared-responses.ts";
import { memberActor, memberDeps, requireMember } from "./member-deps.ts";
import { MemberParam } from "./schema.ts";

const managesMembers = requireScope("members:write");

/** Nobody needs a right to leave. */
const requireSelfOrScope = createMiddleware<AppEnv>(async (context, next) => {
  if (context.req.param("user_id") === sessionOf(context).userId) return next();
  return managesMembers(context, next);
});

export const removeMemberRoute = createRoute({
  method: "delete",
  path: "/api/v2/organisation/members/{user_id}",
  operationId: "removeMember",
  tags: ["Organisation"],
  summary: "Remove a member, or leave",
  description:
    "Takes `members:write`, but to leave. Ends the sessions of that person in this organisation; the account stays, and so do the organisation's API keys. The last owner stays.",
  security: [{ session: [] }],
  middleware: [requireSession, requireMember, requireSelfOrScope] as const,
  request: { params: z.object({ user_id: MemberParam }), query: closedObject({}) },
  responses: {
    204: { description: "No longer a member" },
    ...COMMON_PROBLEMS,
    ...RESOURCE_NOT_FOUND,
    ...CONFLICT,
  },
});

export const deleteMember: RouteHandler<typeof removeMemberRoute, AppEnv> = async (context) => {
  const actor = memberActor(context);
  const { user_id: userId } = context.req.valid("param");
  await removeMember(memberDeps(context), actor, userId);
  context.get("isolate").principals.forgetPerson(userId);
  pokeAudit(context, actor.organisationId);
  return context.body(null, 204);
};
