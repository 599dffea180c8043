import type { OpenAPIHono } from "@hono/zod-openapi";
import type { AppEnv } from "../../app-env.ts";
import { cancelTaskHandler, cancelTaskRoute } from "./cancel-task.ts";
import { getTaskResult, getTaskResultRoute } from "./get-task-result.ts";
import { getTaskStatus, getTaskStatusRoute } from "./get-task-status.ts";
import { listTasks, listTasksRoute } from "./list-tasks.ts";
import { openTaskSocket, openTaskSocketRoute } from "./open-task-socket.ts";
import { retryTaskHandler, retryTaskRoute } from "./retry-task.ts";
import { streamTaskEvents, streamTaskEventsRoute } from "./stream-task-events.ts";

export function mountTasks(app: OpenAPIHono<AppEnv>): void {
  app.openapi(listTasksRoute, listTasks);
  app.openapi(getTaskStatusRoute, getTaskStatus);
  app.openapi(streamTaskEventsRoute, streamTaskEvents);
  app.openapi(openTaskSocketRoute, openTaskSocket);
  app.openapi(getTaskResultRoute, getTaskResult);
  app.openapi(cancelTaskRoute, cancelTaskHandler);
  app.openapi(retryTaskRoute, retryTaskHandler);
}
