import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { ResourceNotFound } from "../../../domain/accounts/errors.ts";
import type { Principal } from "../../../domain/accounts/principal.ts";
import type { UserAccount } from "../../../domain/accounts/sign-in-ports.ts";
import type { AppEnv } from "../../app-env.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireSession, sessionOf } from "../../middleware/authenticate.ts";
import { COMMON_PROBLEMS } from "../../shared-responses.ts";
import { accountDeps } from "./account-deps.ts";

const Organisation = z.object({
  id: z.string(),
  name: z.string(),
  role: z.string(),
  mfa_required: z.boolean(),
});

const Me = z
  .object({
    user: z.object({ id: z.string(), email: z.string(), name: z.string(), created_at: z.string() }),
    organisation: z.object({ id: z.string(), name: z.string(), plan: z.string() }),
    role: z.string(),
    scopes: z.array(z.string()),
    mfa: z.object({
      enabled: z.boolean(),
      used: z.boolean().openapi({ description: "This session was opened with a second factor" }),
      enrolment_required: z.boolean().openapi({
        description: "The organisation demands a second factor: until there is one, nothing else is open",
      }),
    }),
    memberships: z
      .array(Organisation)
      .openapi({ description: "To work in another one, sign in with its `organisation_id`" }),
  })
  .openapi("Me");

export const getMeRoute = createRoute({
  method: "get",
  path: "/api/v2/auth/me",
  operationId: "getMe",
  tags: ["Sign-in"],
  summary: "Who you are and what you may do",
  description: "The person behind the access token, with the rights of this moment.",
  security: [{ session: [] }],
  middleware: [requireSession] as const,
  responses: {
    200: { description: "You", content: { "application/json": { schema: Me } } },
    ...COMMON_PROBLEMS,
  },
});

function meOf(principal: Principal, session: NonNullable<Principal["session"]>, user: UserAccount) {
  const { id, email, name, createdAt } = user;
  const memberships = user.memberships.map((one) => ({
    id: one.organisationId,
    name: one.organisationName,
    role: one.role,
    mfa_required: one.mfaRequired,
  }));
  const here = memberships.find((one) => one.id === principal.organisationId);
  return {
    user: { id, email, name, created_at: createdAt },
    organisation: { id: principal.organisationId, name: here?.name ?? "", plan: principal.plan },
    role: session.role,
    scopes: [...principal.scopes],
    mfa: { enabled: user.mfaEnabled, used: session.mfa, enrolment_required: session.mustEnrol },
    memberships,
  };
}

export const getMe: RouteHandler<typeof getMeRoute, AppEnv> = async (context) => {
  const session = sessionOf(context);
  const user = await accountDeps(context).users.find({ userId: session.userId });
  if (user === null) throw new ResourceNotFound();
  return context.json(meOf(context.get("principal"), session, user), 200, PRIVATE_JSON);
};
