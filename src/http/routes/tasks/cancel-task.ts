import { createRoute, type RouteHandler } from "@hono/zod-openapi";
import { cancelTask } from "../../../domain/jobs/cancel-task.ts";
import { taskStatus } from "../../../domain/jobs/task-status.ts";
import { pokeAudit } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { COMMON_PROBLEMS, CONFLICT, RESOURCE_NOT_FOUND } from "../../shared-responses.ts";
import { progressOfTask, taskActor, TaskParams, TaskStatus } from "./schema.ts";

export const cancelTaskRoute = createRoute({
  method: "post",
  path: "/api/v2/tasks/{id}/cancel",
  operationId: "cancelTask",
  tags: ["Tasks"],
  summary: "Cancel a task",
  description:
    "Rows that are open end as `cancelled`; those that are being worked on right now may still end otherwise. What ended before stays. The task is `cancelled` once every row has ended, within moments. To cancel again changes nothing.",
  security: [{ bearer: ["enrich:write"] }],
  middleware: [requireScope("enrich:write")] as const,
  request: { params: TaskParams, query: closedObject({}) },
  responses: {
    200: { description: "The task", content: { "application/json": { schema: TaskStatus } } },
    ...COMMON_PROBLEMS,
    ...RESOURCE_NOT_FOUND,
    ...CONFLICT,
  },
});

export const cancelTaskHandler: RouteHandler<typeof cancelTaskRoute, AppEnv> = async (context) => {
  const { id } = context.req.valid("param");
  const { jobs, log } = context.get("isolate").services;
  const actor = taskActor(context);
  await cancelTask({ ...jobs, log }, actor, id);
  pokeAudit(context, actor.principal.organisationId);
  return context.json(taskStatus(await progressOfTask(context, id)), 200, PRIVATE_JSON);
};
