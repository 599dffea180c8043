import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { TASK_STATUSES, TASK_TYPES } from "../../../domain/jobs/task.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject, nameInput } from "../../closed-object.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { COMMON_PROBLEMS } from "../../shared-responses.ts";
import { TaskCursor, TaskSummary, taskSummaryJson } from "./schema.ts";
import { requireTaskSight, SEES_TASKS } from "./task-sight.ts";

const MAX_LIMIT = 200;

const TaskPage = z
  .object({
    data: z.array(TaskSummary),
    next_cursor: z.string().nullable(),
    has_more: z.boolean(),
  })
  .openapi("TaskPage");

export const listTasksRoute = createRoute({
  method: "get",
  path: "/api/v2/tasks",
  operationId: "listTasks",
  tags: ["Tasks"],
  summary: "List the tasks of the organisation",
  description: "Newest first, for 30 days after their end. A test key sees the tasks of test keys only.",
  security: SEES_TASKS,
  middleware: [requireTaskSight] as const,
  request: {
    query: closedObject({
      status: nameInput(TASK_STATUSES).optional(),
      type: nameInput(TASK_TYPES).optional(),
      cursor: TaskCursor.optional(),
      limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(50),
    }),
  },
  responses: {
    200: { description: "One page of tasks", content: { "application/json": { schema: TaskPage } } },
    ...COMMON_PROBLEMS,
  },
});

export const listTasks: RouteHandler<typeof listTasksRoute, AppEnv> = async (context) => {
  const { cursor = null, limit, ...filter } = context.req.valid("query");
  const { reader } = context.get("isolate").services.jobs;
  const page = { limit: limit + 1, before: cursor };
  const found = await reader.list(context.get("principal"), filter, page);
  const data = found.slice(0, limit).map(taskSummaryJson);
  const has_more = found.length > limit;
  const next_cursor = has_more ? (data.at(-1)?.task_id ?? null) : null;
  return context.json({ data, next_cursor, has_more }, 200, PRIVATE_JSON);
};
