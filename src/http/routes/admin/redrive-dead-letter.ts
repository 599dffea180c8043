import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { redriveLetter } from "../../../domain/operations/redrive-letter.ts";
import { pokeAudit } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { IdempotencyHeaders } from "../../idempotency-headers.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { idempotent } from "../../middleware/idempotent.ts";
import { limitBody } from "../../middleware/json-body.ts";
import { requireOperator } from "../../middleware/require-operator.ts";
import { RequestRefused } from "../../request-invalid.ts";
import {
  BODY_TOO_LARGE,
  COMMON_PROBLEMS,
  IDEMPOTENCY_PROBLEMS,
  RESOURCE_NOT_FOUND,
} from "../../shared-responses.ts";
import { operatorOf, redriveDeps } from "./operator-deps.ts";
import { LetterParam } from "./schema.ts";

const RedrivenLetter = z
  .object({
    id: z.string(),
    task_id: z.string().nullable().openapi({
      description: "the task that tries the given up rows again; null when the message itself was sent again",
    }),
  })
  .openapi("RedrivenLetter");

export const redriveDeadLetterRoute = createRoute({
  method: "post",
  path: "/api/v2/admin/dead-letters/{id}/redrive",
  operationId: "redriveDeadLetter",
  tags: ["Operations"],
  summary: "Give a dead letter another chance",
  description:
    "Sends the message again. Rows of a batch that ended with it stay ended: a child task tries them again, for the organisation whose rows they are.",
  security: [{ bearer: ["operations:write"] }],
  middleware: [requireScope("operations:write"), requireOperator, limitBody(1), idempotent()] as const,
  request: { headers: IdempotencyHeaders, params: z.object({ id: LetterParam }), query: closedObject({}) },
  responses: {
    202: { description: "Sent again", content: { "application/json": { schema: RedrivenLetter } } },
    ...COMMON_PROBLEMS,
    ...BODY_TOO_LARGE,
    ...RESOURCE_NOT_FOUND,
    ...IDEMPOTENCY_PROBLEMS,
  },
});

export const redriveDeadLetter: RouteHandler<typeof redriveDeadLetterRoute, AppEnv> = async (context) => {
  const { id } = context.req.valid("param");
  const operator = operatorOf(context);
  const redrive = await redriveLetter(redriveDeps(context), operator, id);
  if (redrive.outcome !== "redriven") throw new RequestRefused(`dead_letters.${redrive.outcome}`);
  pokeAudit(context, operator.principal.organisationId);
  return context.json({ id, task_id: redrive.taskId }, 202, PRIVATE_JSON);
};
