import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { COMMON_PROBLEMS } from "../../shared-responses.ts";
import { memberActor } from "./member-deps.ts";
import { Invitation, invitationJson, pageOf, PageQuery } from "./schema.ts";

const InvitationPage = z
  .object({ data: z.array(Invitation), next_cursor: z.string().nullable(), has_more: z.boolean() })
  .openapi("InvitationPage");

export const listInvitationsRoute = createRoute({
  method: "get",
  path: "/api/v2/organisation/invitations",
  operationId: "listInvitations",
  tags: ["Organisation"],
  summary: "List the invitations that wait for an answer",
  description:
    "Takes `members:write`. Newest first; those accepted, revoked or expired are in the audit log.",
  security: [{ session: ["members:write"] }],
  middleware: [requireScope("members:write")] as const,
  request: { query: closedObject(PageQuery) },
  responses: {
    200: {
      description: "One page of invitations",
      content: { "application/json": { schema: InvitationPage } },
    },
    ...COMMON_PROBLEMS,
  },
});

export const listInvitations: RouteHandler<typeof listInvitationsRoute, AppEnv> = async (context) => {
  const { cursor: after = null, limit } = context.req.valid("query");
  const { accounts, now } = context.get("isolate").services;
  const page = { after, limit: limit + 1, now: now() };
  const found = await accounts.invitations.list(memberActor(context).organisationId, page);
  const { data, ...rest } = pageOf(found, limit, ({ id }) => id);
  return context.json({ data: data.map(invitationJson), ...rest }, 200, PRIVATE_JSON);
};
