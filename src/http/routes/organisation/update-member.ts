import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { changeMemberRole } from "../../../domain/accounts/organisation/change-member-role.ts";
import { pokeAudit } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { limitBody, requireJson } from "../../middleware/json-body.ts";
import { BODY_PROBLEMS, COMMON_PROBLEMS, CONFLICT, RESOURCE_NOT_FOUND } from "../../shared-responses.ts";
import { memberActor, memberDeps } from "./member-deps.ts";
import { MemberParam, Member, memberJson, RoleInput } from "./schema.ts";

const Body = closedObject({ role: RoleInput }).openapi("UpdateMemberRequest");

export const updateMemberRoute = createRoute({
  method: "patch",
  path: "/api/v2/organisation/members/{user_id}",
  operationId: "updateMember",
  tags: ["Organisation"],
  summary: "Give a member another role",
  description:
    "Takes `members:write`. Owners alone make and unmake owners, and one owner always stays. In force everywhere within 5 seconds.",
  security: [{ session: ["members:write"] }],
  middleware: [requireScope("members:write"), limitBody(4), requireJson] as const,
  request: {
    params: z.object({ user_id: MemberParam }),
    query: closedObject({}),
    body: { required: true, content: { "application/json": { schema: Body } } },
  },
  responses: {
    200: { description: "As it is now", content: { "application/json": { schema: Member } } },
    ...COMMON_PROBLEMS,
    ...BODY_PROBLEMS,
    ...RESOURCE_NOT_FOUND,
    ...CONFLICT,
  },
});

export const updateMember: RouteHandler<typeof updateMemberRoute, AppEnv> = async (context) => {
  const actor = memberActor(context);
  const { user_id: userId } = context.req.valid("param");
  const { role } = context.req.valid("json");
  const member = await changeMemberRole(memberDeps(context), actor, { userId, role });
  context.get("isolate").principals.forgetPerson(userId);
  pokeAudit(context, actor.organisationId);
  return context.json(memberJson(member, true), 200, PRIVATE_JSON);
};
