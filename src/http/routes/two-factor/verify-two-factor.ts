import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { confirmEnrolment } from "../../../domain/accounts/two-factor/confirm-enrolment.ts";
import { pokeAudit } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireSession } from "../../middleware/authenticate.ts";
import { limitBody, requireJson } from "../../middleware/json-body.ts";
import { BODY_PROBLEMS, COMMON_PROBLEMS, CONFLICT } from "../../shared-responses.ts";
import { ownSession } from "../auth/account-deps.ts";
import { factorDeps } from "./factor-deps.ts";
import { CodeInput } from "./schema.ts";

const Body = closedObject({ code: CodeInput }).openapi("VerifyTwoFactorRequest");

const TwoFactorEnabled = z.object({ enabled: z.literal(true) }).openapi("TwoFactorEnabled");

export const verifyTwoFactorRoute = createRoute({
  method: "post",
  path: "/api/v2/auth/2fa/verify",
  operationId: "verifyTwoFactor",
  tags: ["Two-factor"],
  summary: "Confirm the second factor with its first code",
  description:
    "From then on signing in takes two steps. This session counts as signed in with a second factor; your others end. Create backup codes next.",
  security: [{ session: [] }],
  middleware: [requireSession, limitBody(4), requireJson] as const,
  request: {
    query: closedObject({}),
    body: { required: true, content: { "application/json": { schema: Body } } },
  },
  responses: {
    200: { description: "Enabled", content: { "application/json": { schema: TwoFactorEnabled } } },
    ...COMMON_PROBLEMS,
    ...BODY_PROBLEMS,
    ...CONFLICT,
  },
});

export const verifyTwoFactor: RouteHandler<typeof verifyTwoFactorRoute, AppEnv> = async (context) => {
  const owner = ownSession(context);
  await confirmEnrolment(factorDeps(context), owner, context.req.valid("json").code);
  context.get("isolate").principals.forgetPerson(owner.userId);
  pokeAudit(context, owner.organisationId);
  return context.json({ enabled: true } as const, 200, PRIVATE_JSON);
};
