import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { setQueuePaused } from "../../../domain/operations/set-queue-paused.ts";
import { pokeAudit } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { requireOperator } from "../../middleware/require-operator.ts";
import { COMMON_PROBLEMS } from "../../shared-responses.ts";
import { operatorOf } from "./operator-deps.ts";
import { QueueParam, QueueWork } from "./schema.ts";

export const pauseQueueRoute = createRoute({
  method: "post",
  path: "/api/v2/admin/queues/{queue}/pause",
  operationId: "pauseQueue",
  tags: ["Operations"],
  summary: "Pause the work of a queue",
  description:
    "Its messages are put back for a minute at a time, with all their attempts before them: nothing is lost, and nothing new begins. What is under way goes on. Consumers everywhere follow within a minute. Pausing twice changes nothing.",
  security: [{ bearer: ["operations:write"] }],
  middleware: [requireScope("operations:write"), requireOperator] as const,
  request: { params: z.object({ queue: QueueParam }), query: closedObject({}) },
  responses: {
    200: { description: "Paused", content: { "application/json": { schema: QueueWork } } },
    ...COMMON_PROBLEMS,
  },
});

export const pauseQueue: RouteHandler<typeof pauseQueueRoute, AppEnv> = async (context) => {
  const { queue } = context.req.valid("param");
  const { operations, audit } = context.get("isolate").services;
  const operator = operatorOf(context);
  await setQueuePaused({ pauses: operations.pauses, trail: audit.trail }, operator, { queue, paused: true });
  pokeAudit(context, operator.principal.organisationId);
  return context.json({ queue, paused: true }, 200, PRIVATE_JSON);
};
