import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { createBackupCodes } from "../../../domain/accounts/two-factor/create-backup-codes.ts";
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

const Body = closedObject({ code: CodeInput }).openapi("CreateBackupCodesRequest");

const BackupCodes = z
  .object({
    codes: z
      .array(z.string())
      .length(10)
      .openapi({ example: ["7k2pq-x04mz"] }),
  })
  .openapi("BackupCodes");

export const createBackupCodesRoute = createRoute({
  method: "post",
  path: "/api/v2/auth/backup-codes",
  operationId: "createBackupCodes",
  tags: ["Two-factor"],
  summary: "Create ten backup codes",
  description:
    "Each signs in once in place of a code of the app. They are in this answer and in no other, and take the place of all earlier ones.",
  security: [{ session: [] }],
  middleware: [requireSession, limitBody(4), requireJson] as const,
  request: {
    query: closedObject({}),
    body: { required: true, content: { "application/json": { schema: Body } } },
  },
  responses: {
    200: {
      description: "The codes, shown this once",
      content: { "application/json": { schema: BackupCodes } },
    },
    ...COMMON_PROBLEMS,
    ...BODY_PROBLEMS,
    ...CONFLICT,
  },
});

export const postBackupCodes: RouteHandler<typeof createBackupCodesRoute, AppEnv> = async (context) => {
  const owner = ownSession(context);
  const codes = await createBackupCodes(factorDeps(context), owner, context.req.valid("json").code);
  pokeAudit(context, owner.organisationId);
  return context.json({ codes }, 200, PRIVATE_JSON);
};
