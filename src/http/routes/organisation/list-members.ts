import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireSession } from "../../middleware/authenticate.ts";
import { COMMON_PROBLEMS } from "../../shared-responses.ts";
import { memberActor, requireMember } from "./member-deps.ts";
import { Member, memberJson, pageOf, PageQuery } from "./schema.ts";

const MemberPage = z
  .object({ data: z.array(Member), next_cursor: z.string().nullable(), has_more: z.boolean() })
  .openapi("MemberPage");

export const listMembersRoute = createRoute({
  method: "get",
  path: "/api/v2/organisation/members",
  operationId: "listMembers",
  tags: ["Organisation"],
  summary: "List the members of your organisation",
  description: "Those who joined the service first come first.",
  security: [{ session: [] }],
  middleware: [requireSession, requireMember] as const,
  request: { query: closedObject(PageQuery) },
  responses: {
    200: { description: "One page of members", content: { "application/json": { schema: MemberPage } } },
    ...COMMON_PROBLEMS,
  },
});

export const listMembers: RouteHandler<typeof listMembersRoute, AppEnv> = async (context) => {
  const { cursor: after = null, limit } = context.req.valid("query");
  const { members } = context.get("isolate").services.accounts;
  const found = await members.list(memberActor(context).organisationId, { after, limit: limit + 1 });
  const { data, ...page } = pageOf(found, limit, ({ userId }) => userId);
  const manages = context.get("principal").scopes.has("members:write");
  const shown = data.map((member) => memberJson(member, manages));
  return context.json({ data: shown, ...page }, 200, PRIVATE_JSON);
};
