import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { qrPng, qrSvg } from "../../../auth/qr-code.ts";
import { totpUri } from "../../../auth/totp.ts";
import { startEnrolment } from "../../../domain/accounts/two-factor/start-enrolment.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireSession } from "../../middleware/authenticate.ts";
import { COMMON_PROBLEMS, CONFLICT } from "../../shared-responses.ts";
import { ownSession } from "../auth/account-deps.ts";
import { factorDeps } from "./factor-deps.ts";

const TwoFactorSetup = z
  .object({
    secret: z
      .string()
      .openapi({ description: "Base32, 160 bits, for typing in", example: "JBSWY3DPEHPK3PXP…" }),
    otpauth_uri: z.string().openapi({ description: "What the QR code says", example: "otpauth://totp/…" }),
    qr_svg: z.string().openapi({ description: "An SVG document", example: "<svg …>" }),
    qr_png: z.string().openapi({ description: "A `data:` address", example: "data:image/png;base64,…" }),
  })
  .openapi("TwoFactorSetup");

export const setUpTwoFactorRoute = createRoute({
  method: "post",
  path: "/api/v2/auth/2fa/setup",
  operationId: "setUpTwoFactor",
  tags: ["Two-factor"],
  summary: "Begin to enrol a second factor",
  description:
    "Answers a new secret for an authenticator app, this once. It counts when `/auth/2fa/verify` has seen a code of it; until then another call replaces it.",
  security: [{ session: [] }],
  middleware: [requireSession] as const,
  request: { query: closedObject({}) },
  responses: {
    200: {
      description: "The secret, shown this once",
      content: { "application/json": { schema: TwoFactorSetup } },
    },
    ...COMMON_PROBLEMS,
    ...CONFLICT,
  },
});

export const setUpTwoFactor: RouteHandler<typeof setUpTwoFactorRoute, AppEnv> = async (context) => {
  const { secret, email } = await startEnrolment(factorDeps(context), ownSession(context).userId);
  const uri = totpUri(secret, email);
  return context.json(
    { secret, otpauth_uri: uri, qr_svg: qrSvg(uri), qr_png: qrPng(uri) },
    200,
    PRIVATE_JSON,
  );
};
