import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { answerChallenge } from "../../../domain/accounts/two-factor/answer-challenge.ts";
import { pokeAudit } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { limitBody, requireJson } from "../../middleware/json-body.ts";
import { BODY_PROBLEMS, OPEN_PROBLEMS } from "../../shared-responses.ts";
import { SessionTokens, sessionTokens } from "../auth/session-tokens.ts";
import { logSignIn } from "../auth/account-deps.ts";
import { factorDeps } from "./factor-deps.ts";
import { demandOneProof, ONE_PROOF, ProofInput, proofOf } from "./schema.ts";

const Body = closedObject({
  mfa_token: z.string().min(1).max(2_048).openapi({ description: "From `/auth/login`, good for 5 minutes" }),
  ...ProofInput,
})
  .superRefine(demandOneProof)
  .openapi("TwoFactorChallengeRequest", { oneOf: ONE_PROOF });

export const answerChallengeRoute = createRoute({
  method: "post",
  path: "/api/v2/auth/2fa/challenge",
  operationId: "answerChallenge",
  tags: ["Two-factor"],
  summary: "Sign in, second step",
  description: "Takes the token that `/auth/login` gave, and a code of the app or a backup code.",
  security: [],
  middleware: [limitBody(8), requireJson] as const,
  request: {
    query: closedObject({}),
    body: { required: true, content: { "application/json": { schema: Body } } },
  },
  responses: {
    200: { description: "Signed in", content: { "application/json": { schema: SessionTokens } } },
    ...OPEN_PROBLEMS,
    ...BODY_PROBLEMS,
  },
});

export const postChallenge: RouteHandler<typeof answerChallengeRoute, AppEnv> = async (context) => {
  const { mfa_token: token, ...body } = context.req.valid("json");
  const opened = await answerChallenge(factorDeps(context), token, proofOf(body));
  pokeAudit(context, opened.organisationId);
  logSignIn(context, { ...opened, mfa: true });
  return context.json(sessionTokens(opened), 200, PRIVATE_JSON);
};
