import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { redriveLetters } from "../../../domain/operations/redrive-letters.ts";
import { pokeAudit } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { IdempotencyHeaders } from "../../idempotency-headers.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { idempotent } from "../../middleware/idempotent.ts";
import { acceptEmptyBody, limitBody } from "../../middleware/json-body.ts";
import { requireOperator } from "../../middleware/require-operator.ts";
import { BODY_PROBLEMS, COMMON_PROBLEMS, IDEMPOTENCY_PROBLEMS } from "../../shared-responses.ts";
import { operatorOf, redriveDeps } from "./operator-deps.ts";
import { WorkQueueInput } from "./schema.ts";

const MAX_LIMIT = 1_000;
const DEFAULT_LIMIT = 100;

const Body = closedObject({
  queue: WorkQueueInput.optional().openapi({ description: "Only those that came from it" }),
  limit: z.int().min(1).max(MAX_LIMIT).optional().openapi({ description: "By default 100" }),
}).openapi("RedriveRequest");

const Redrives = z
  .object({
    redriven: z.number().int(),
    skipped: z.number().int().openapi({ description: "not open any more when their turn came" }),
  })
  .openapi("Redrives");

export const redriveDeadLettersRoute = createRoute({
  method: "post",
  path: "/api/v2/admin/dead-letters/redrive",
  operationId: "redriveDeadLetters",
  tags: ["Operations"],
  summary: "Give the oldest open dead letters another chance",
  description: "Each as if it had been named alone; those that can't be read are left. Call again for more.",
  security: [{ bearer: ["operations:write"] }],
  middleware: [
    requireScope("operations:write"),
    requireOperator,
    limitBody(16),
    acceptEmptyBody,
    idempotent(),
  ] as const,
  request: {
    headers: IdempotencyHeaders,
    query: closedObject({}),
    body: { required: false, content: { "application/json": { schema: Body } } },
  },
  responses: {
    200: { description: "What was sent again", content: { "application/json": { schema: Redrives } } },
    ...COMMON_PROBLEMS,
    ...BODY_PROBLEMS,
    ...IDEMPOTENCY_PROBLEMS,
  },
});

export const redriveDeadLetters: RouteHandler<typeof redriveDeadLettersRoute, AppEnv> = async (context) => {
  const { queue = null, limit = DEFAULT_LIMIT } = context.req.valid("json");
  const operator = operatorOf(context);
  const redrives = await redriveLetters(redriveDeps(context), operator, { queue, limit });
  pokeAudit(context, operator.principal.organisationId);
  return context.json(redrives, 200, PRIVATE_JSON);
};
