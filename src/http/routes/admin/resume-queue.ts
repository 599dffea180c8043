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

export const resumeQueueRoute = createRoute({
  method: "post",
  path: "/api/v2/admin/queues/{queue}/resume",
  operationId: "resumeQueue",
  tags: ["Operations"],
  summary: "Resume the work of a queue",
  description:
    "What was put back comes within a minute, and consumers everywhere follow within another. Resuming what is not paused changes nothing.",
  security: [{ bearer: ["operations:write"] }],
  middleware: [requireScope("operations:write"), requireOperator] as const,
  request: { params: z.object({ queue: QueueParam }), query: closedObject({}) },
  responses: {
    200: { description: "Resumed", content: { "application/json": { schema: QueueWork } } },
    ...COMMON_PROBLEMS,
  },
});

export const resumeQueue: RouteHandler<typeof resumeQueueRoute, AppEnv> = async (context) => {
  const { queue } = context.req.valid("param");
  const { operations, audit } = context.get("isolate").services;
  const operator = operatorOf(context);
  await setQueuePaused({ pauses: operations.pauses, trail: audit.trail }, operator, { queue, paused: false });
  pokeAudit(context, operator.principal.organisationId);
  return context.json({ queue, paused: false }, 200, PRIVATE_JSON);
};
