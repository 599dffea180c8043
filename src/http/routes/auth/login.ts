import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { signIn } from "../../../domain/accounts/sign-in.ts";
import { actContext, pokeAudit } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { limitBody, requireJson } from "../../middleware/json-body.ts";
import { BODY_PROBLEMS, OPEN_PROBLEMS } from "../../shared-responses.ts";
import { accountDeps, logSignIn } from "./account-deps.ts";
import { EmailInput, PasswordInput } from "./person-input.ts";
import { SessionTokens, sessionTokens } from "./session-tokens.ts";

const Body = closedObject({
  email: EmailInput,
  password: PasswordInput,
  organisation_id: z.string().min(1).max(64).optional().openapi({
    description: "Which organisation to work in, for members of several; by default the oldest",
  }),
}).openapi("LoginRequest");

const MfaRequired = z
  .object({
    mfa_required: z.literal(true),
    mfa_token: z.string().openapi({ description: "For POST /api/v2/auth/2fa/challenge, within 5 minutes" }),
  })
  .openapi("MfaRequired");

export const loginRoute = createRoute({
  method: "post",
  path: "/api/v2/auth/login",
  operationId: "login",
  tags: ["Sign-in"],
  summary: "Sign in",
  description:
    "Answers tokens, or asks for the second factor. An unknown address and a wrong password are not told apart.",
  security: [],
  middleware: [limitBody(64), requireJson] as const,
  request: { body: { required: true, content: { "application/json": { schema: Body } } } },
  responses: {
    200: {
      description: "Signed in, or half-way",
      content: { "application/json": { schema: z.union([SessionTokens, MfaRequired]) } },
    },
    ...OPEN_PROBLEMS,
    ...BODY_PROBLEMS,
  },
});

export const login: RouteHandler<typeof loginRoute, AppEnv> = async (context) => {
  const { email, password, organisation_id: organisationId } = context.req.valid("json");
  const found = await signIn(accountDeps(context), actContext(context), { email, password, organisationId });
  if (found.kind === "mfa") {
    const body = { mfa_required: true as const, mfa_token: found.mfaToken };
    return context.json(body, 200, PRIVATE_JSON);
  }
  pokeAudit(context, found.opened.organisationId);
  logSignIn(context, { ...found.opened, mfa: false });
  return context.json(sessionTokens(found.opened), 200, PRIVATE_JSON);
};
