import { createRoute, type RouteHandler } from "@hono/zod-openapi";
import { retryTask } from "../../../domain/jobs/retry-task.ts";
import { pokeAudit } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { IdempotencyHeaders } from "../../idempotency-headers.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { idempotent } from "../../middleware/idempotent.ts";
import { limitBody } from "../../middleware/json-body.ts";
import {
  BODY_PROBLEMS,
  COMMON_PROBLEMS,
  IDEMPOTENCY_PROBLEMS,
  RESOURCE_NOT_FOUND,
} from "../../shared-responses.ts";
import { TASK_ACCEPTED, taskAccepted } from "../../task-accepted.ts";
import { taskActor, TaskParams } from "./schema.ts";

export const retryTaskRoute = createRoute({
  method: "post",
  path: "/api/v2/tasks/{id}/retry",
  operationId: "retryTask",
  tags: ["Tasks"],
  summary: "Try the failed rows of a task again",
  description:
    "Makes a task of its own from the rows that ended as `upstream_error`, `rate_limited` or `cancelled`, with the same sources; they keep their line and input. The first task must have ended, and stays as it is. While such a task is open, unless it was cancelled, asking again answers with it.",
  security: [{ bearer: ["enrich:write"] }],
  middleware: [requireScope("enrich:write"), limitBody(1), idempotent()] as const,
  request: { params: TaskParams, query: closedObject({}), headers: IdempotencyHeaders },
  responses: {
    ...TASK_ACCEPTED,
    ...COMMON_PROBLEMS,
    ...RESOURCE_NOT_FOUND,
    ...IDEMPOTENCY_PROBLEMS,
    413: BODY_PROBLEMS[413],
  },
});

export const retryTaskHandler: RouteHandler<typeof retryTaskRoute, AppEnv> = async (context) => {
  const { jobs, log } = context.get("isolate").services;
  const actor = taskActor(context);
  const operation = context.get("operationId");
  const taskId = operation === undefined ? actor.context.newId("tsk") : `tsk_${operation}`;
  const ids = { parentId: context.req.valid("param").id, taskId };
  const { task, estimatedSeconds } = await retryTask({ ...jobs, log }, actor, ids);
  pokeAudit(context, actor.principal.organisationId);
  const { body, headers } = taskAccepted(task.id, estimatedSeconds);
  return context.json(body, 202, headers);
};
