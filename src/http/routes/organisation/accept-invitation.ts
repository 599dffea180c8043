import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { acceptInvitation } from "../../../domain/accounts/organisation/accept-invitation.ts";
import { ROLES } from "../../../domain/accounts/principal.ts";
import { pokeAudit } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { limitBody, requireJson } from "../../middleware/json-body.ts";
import { RequestInvalid } from "../../request-invalid.ts";
import { BODY_PROBLEMS, CONFLICT, OPEN_PROBLEMS } from "../../shared-responses.ts";
import { NameInput, NewPasswordInput } from "../auth/person-input.ts";
import { memberDeps } from "./member-deps.ts";

const Body = closedObject({
  token: z
    .string()
    .min(1)
    .max(100)
    .openapi({ description: "From whoever invited you", example: "mai_inv_…" }),
  name: NameInput.openapi({ description: "Of the account to be created; an existing one keeps its own" }),
  password: NewPasswordInput.openapi({
    description: "Of your account, or of the one to be created: the rules of new passwords hold for both",
  }),
}).openapi("AcceptInvitationRequest");

const Membership = z
  .object({
    user_id: z.string(),
    organisation: z.object({ id: z.string(), name: z.string() }),
    role: z.enum(ROLES),
  })
  .openapi("AcceptedInvitation");

export const acceptInvitationRoute = createRoute({
  method: "post",
  path: "/api/v2/auth/invitations/accept",
  operationId: "acceptInvitation",
  tags: ["Organisation"],
  summary: "Accept an invitation",
  description:
    "An address with an account gives its password; for any other an account is created. Sign in next, with `organisation_id` when you belong to several.",
  security: [],
  middleware: [limitBody(64), requireJson] as const,
  request: {
    query: closedObject({}),
    body: { required: true, content: { "application/json": { schema: Body } } },
  },
  responses: {
    201: { description: "A member now", content: { "application/json": { schema: Membership } } },
    ...OPEN_PROBLEMS,
    ...BODY_PROBLEMS,
    ...CONFLICT,
  },
});

export const postAcceptance: RouteHandler<typeof acceptInvitationRoute, AppEnv> = async (context) => {
  const joined = await acceptInvitation(memberDeps(context), context.req.valid("json"));
  if ("fault" in joined) {
    const { fault } = joined;
    throw new RequestInvalid(
      [{ code: "custom", path: ["password"], message: fault, params: { fault } }],
      "body",
    );
  }
  pokeAudit(context, joined.organisationId);
  const organisation = { id: joined.organisationId, name: joined.organisationName };
  return context.json({ user_id: joined.userId, organisation, role: joined.role }, 201, PRIVATE_JSON);
};
