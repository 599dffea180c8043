import type { OpenAPIHono } from "@hono/zod-openapi";
import type { AppEnv } from "../../app-env.ts";
import { answerChallengeRoute, postChallenge } from "./answer-challenge.ts";
import { createBackupCodesRoute, postBackupCodes } from "./create-backup-codes.ts";
import { disableTwoFactor, disableTwoFactorRoute } from "./disable-two-factor.ts";
import { getTwoFactor, getTwoFactorRoute } from "./get-two-factor.ts";
import { setUpTwoFactor, setUpTwoFactorRoute } from "./set-up-two-factor.ts";
import { verifyTwoFactor, verifyTwoFactorRoute } from "./verify-two-factor.ts";

export function mountTwoFactor(app: OpenAPIHono<AppEnv>): void {
  app.openapi(getTwoFactorRoute, getTwoFactor);
  app.openapi(setUpTwoFactorRoute, setUpTwoFactor);
  app.openapi(verifyTwoFactorRoute, verifyTwoFactor);
  app.openapi(answerChallengeRoute, postChallenge);
  app.openapi(createBackupCodesRoute, postBackupCodes);
  app.openapi(disableTwoFactorRoute, disableTwoFactor);
}
