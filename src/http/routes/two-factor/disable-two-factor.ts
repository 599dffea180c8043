import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { disableSecondFactor } from "../../../domain/accounts/two-factor/disable-second-factor.ts";
import { pokeAudit } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireSession } from "../../middleware/authenticate.ts";
import { limitBody, requireJson } from "../../middleware/json-body.ts";
import { BODY_PROBLEMS, COMMON_PROBLEMS, CONFLICT } from "../../shared-responses.ts";
import { PasswordInput } from "../auth/person-input.ts";
import { ownSession } from "../auth/account-deps.ts";
import { factorDeps } from "./factor-deps.ts";
import { demandOneProof, ONE_PROOF, ProofInput, proofOf } from "./schema.ts";

const Body = closedObject({ password: PasswordInput, ...ProofInput })
  .superRefine(demandOneProof)
  .openapi("DisableTwoFactorRequest", { oneOf: ONE_PROOF });

const TwoFactorDisabled = z.object({ enabled: z.literal(false) }).openapi("TwoFactorDisabled");

export const disableTwoFactorRoute = createRoute({
  method: "post",
  path: "/api/v2/auth/2fa/disable",
  operationId: "disableTwoFactor",
  tags: ["Two-factor"],
  summary: "Give the second factor up",
  description:
    "Takes the password and a code, or a backup code when the device is lost. The backup codes go with it. Refused while an organisation of yours demands a second factor.",
  security: [{ session: [] }],
  middleware: [requireSession, limitBody(16), requireJson] as const,
  request: {
    query: closedObject({}),
    body: { required: true, content: { "application/json": { schema: Body } } },
  },
  responses: {
    200: { description: "Disabled", content: { "application/json": { schema: TwoFactorDisabled } } },
    ...COMMON_PROBLEMS,
    ...BODY_PROBLEMS,
    ...CONFLICT,
  },
});

export const disableTwoFactor: RouteHandler<typeof disableTwoFactorRoute, AppEnv> = async (context) => {
  const { password, ...body } = context.req.valid("json");
  const owner = ownSession(context);
  await disableSecondFactor(factorDeps(context), owner, { password, proof: proofOf(body) });
  context.get("isolate").principals.forgetPerson(owner.userId);
  pokeAudit(context, owner.organisationId);
  return context.json({ enabled: false } as const, 200, PRIVATE_JSON);
};
