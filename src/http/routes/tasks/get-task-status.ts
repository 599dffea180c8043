import { createRoute, type RouteHandler } from "@hono/zod-openapi";
import { taskStatus } from "../../../domain/jobs/task-status.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { ConditionalHeaders } from "../../company-headers.ts";
import { taggedResponse } from "../../json-response.ts";
import { COMMON_PROBLEMS, RESOURCE_NOT_FOUND } from "../../shared-responses.ts";
import { progressOfTask, TaskParams, TaskStatus } from "./schema.ts";
import { requireTaskSight, SEES_TASKS } from "./task-sight.ts";

export const getTaskStatusRoute = createRoute({
  method: "get",
  path: "/api/v2/tasks/{id}/status",
  operationId: "getTaskStatus",
  tags: ["Tasks"],
  summary: "Read how far a task is",
  description:
    "Progress never goes back. Rather than to poll, follow `/events` or `/socket`; or send the `ETag` along and get 304 while no row ended.",
  security: SEES_TASKS,
  middleware: [requireTaskSight] as const,
  request: { params: TaskParams, query: closedObject({}), headers: ConditionalHeaders },
  responses: {
    200: { description: "The task", content: { "application/json": { schema: TaskStatus } } },
    304: { description: "No row ended since the `ETag` sent" },
    ...COMMON_PROBLEMS,
    ...RESOURCE_NOT_FOUND,
  },
});

export const getTaskStatus: RouteHandler<typeof getTaskStatusRoute, AppEnv> = async (context) => {
  const progress = await progressOfTask(context, context.req.valid("param").id);
  const body = JSON.stringify(TaskStatus.parse(taskStatus(progress)));
  // Rate and remaining time move with the clock: by themselves they are no change.
  return taggedResponse(context.req.raw, { body, etag: `W/"${progress.taskId}-${progress.seq}"` }, {});
};
