import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { requireOperator } from "../../middleware/require-operator.ts";
import { COMMON_PROBLEMS } from "../../shared-responses.ts";
import { DeadLetter, deadLetterJson, LetterCursor, LetterStatusInput, WorkQueueInput } from "./schema.ts";

const MAX_LIMIT = 200;

const DeadLetterPage = z
  .object({
    data: z.array(DeadLetter),
    next_cursor: z.string().nullable(),
    has_more: z.boolean(),
  })
  .openapi("DeadLetterPage");

export const listDeadLettersRoute = createRoute({
  method: "get",
  path: "/api/v2/admin/dead-letters",
  operationId: "listDeadLetters",
  tags: ["Operations"],
  summary: "List the messages that no consumer could finish with",
  description: "Newest first; those that were sent again or discarded are kept for 30 days.",
  security: [{ bearer: ["operations:write"] }],
  middleware: [requireScope("operations:write"), requireOperator] as const,
  request: {
    query: closedObject({
      status: LetterStatusInput.optional(),
      queue: WorkQueueInput.optional(),
      cursor: LetterCursor.optional(),
      limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(50),
    }),
  },
  responses: {
    200: { description: "One page of messages", content: { "application/json": { schema: DeadLetterPage } } },
    ...COMMON_PROBLEMS,
  },
});

export const listDeadLetters: RouteHandler<typeof listDeadLettersRoute, AppEnv> = async (context) => {
  const { status = null, queue = null, cursor = null, limit } = context.req.valid("query");
  const { letters } = context.get("isolate").services.operations;
  const found = await letters.list({ status, queue }, { limit: limit + 1, after: cursor });
  const data = found.slice(0, limit).map(deadLetterJson);
  const has_more = found.length > limit;
  const next_cursor = has_more ? (data.at(-1)?.id ?? null) : null;
  return context.json({ data, next_cursor, has_more }, 200, PRIVATE_JSON);
};
