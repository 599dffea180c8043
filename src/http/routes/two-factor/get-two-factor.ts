import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { findFactor } from "../../../domain/accounts/two-factor/spend-code.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireSession } from "../../middleware/authenticate.ts";
import { COMMON_PROBLEMS } from "../../shared-responses.ts";
import { ownSession } from "../auth/account-deps.ts";
import { factorDeps } from "./factor-deps.ts";

const TwoFactorStatus = z
  .object({
    enabled: z.boolean(),
    confirmed_at: z.iso.datetime().nullable(),
    backup_codes_left: z.int(),
    required: z.boolean().openapi({ description: "An organisation of yours demands it" }),
  })
  .openapi("TwoFactorStatus");

export const getTwoFactorRoute = createRoute({
  method: "get",
  path: "/api/v2/auth/2fa",
  operationId: "getTwoFactor",
  tags: ["Two-factor"],
  summary: "Whether your second factor is on",
  description: "And how many backup codes are left.",
  security: [{ session: [] }],
  middleware: [requireSession] as const,
  request: { query: closedObject({}) },
  responses: {
    200: { description: "The state", content: { "application/json": { schema: TwoFactorStatus } } },
    ...COMMON_PROBLEMS,
  },
});

export const getTwoFactor: RouteHandler<typeof getTwoFactorRoute, AppEnv> = async (context) => {
  const factor = await findFactor(factorDeps(context), ownSession(context).userId);
  const state = {
    enabled: (factor?.confirmedAt ?? null) !== null,
    confirmed_at: factor?.confirmedAt ?? null,
    backup_codes_left: factor?.backupCodesLeft ?? 0,
    required: factor?.required ?? false,
  };
  return context.json(state, 200, PRIVATE_JSON);
};
