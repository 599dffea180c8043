import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { createInvitation } from "../../../domain/accounts/organisation/create-invitation.ts";
import { pokeAudit } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { IdempotencyHeaders } from "../../idempotency-headers.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { idempotent } from "../../middleware/idempotent.ts";
import { limitBody, requireJson } from "../../middleware/json-body.ts";
import { BODY_PROBLEMS, COMMON_PROBLEMS, IDEMPOTENCY_PROBLEMS } from "../../shared-responses.ts";
import { EmailInput } from "../auth/person-input.ts";
import { memberActor, memberDeps } from "./member-deps.ts";
import { Invitation, invitationJson, RoleInput } from "./schema.ts";

const Body = closedObject({ email: EmailInput, role: RoleInput }).openapi("CreateInvitationRequest");

const CreatedInvitation = Invitation.extend({
  token: z.string().openapi({ description: "For the person invited; shown this once", example: "mai_inv_…" }),
}).openapi("CreatedInvitation");

export const createInvitationRoute = createRoute({
  method: "post",
  path: "/api/v2/organisation/invitations",
  operationId: "createInvitation",
  tags: ["Organisation"],
  summary: "Invite a person",
  description:
    "Takes `members:write`. Good for 7 days, once, and while you may still invite to that role. No mail is sent: pass the token on yourself. Takes the place of an invitation of the same address.",
  security: [{ session: ["members:write"] }],
  middleware: [requireScope("members:write"), limitBody(4), requireJson, idempotent()] as const,
  request: {
    headers: IdempotencyHeaders,
    query: closedObject({}),
    body: { required: true, content: { "application/json": { schema: Body } } },
  },
  responses: {
    201: {
      description: "The invitation, with its token this once",
      content: { "application/json": { schema: CreatedInvitation } },
    },
    ...COMMON_PROBLEMS,
    ...BODY_PROBLEMS,
    ...IDEMPOTENCY_PROBLEMS,
  },
});

export const postInvitation: RouteHandler<typeof createInvitationRoute, AppEnv> = async (context) => {
  const actor = memberActor(context);
  const { token, ...invitation } = await createInvitation(
    memberDeps(context),
    actor,
    context.req.valid("json"),
  );
  pokeAudit(context, actor.organisationId);
  return context.json({ ...invitationJson(invitation), token }, 201, PRIVATE_JSON);
};
