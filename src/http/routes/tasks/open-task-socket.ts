import { createRoute, type RouteHandler } from "@hono/zod-openapi";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { PROGRESS_PROTOCOL, protocolsOf } from "../../principal-cache.ts";
import { RequestRefused } from "../../request-invalid.ts";
import { COMMON_PROBLEMS, RESOURCE_NOT_FOUND, UPGRADE_REQUIRED } from "../../shared-responses.ts";
import { progressOfTask, TaskParams } from "./schema.ts";
import { requireTaskSight, SEES_TASKS } from "./task-sight.ts";

export const openTaskSocketRoute = createRoute({
  method: "get",
  path: "/api/v2/tasks/{id}/socket",
  operationId: "openTaskSocket",
  tags: ["Tasks"],
  summary: "Follow a task by WebSocket",
  description:
    'Messages are `{"event": "progress", "id", "data"}` with the task\'s status as `data`: the present state at once, then changes, at most four a second; the last one is always sent, and the socket closed with 1000. Closed with another code: connect again. Send `ping` for a `pong`. Browsers, which can\'t send `Authorization`, offer the protocols `ma.progress` and `bearer.<token>`; the token is never taken from the address.',
  security: SEES_TASKS,
  middleware: [requireTaskSight] as const,
  request: { params: TaskParams, query: closedObject({}) },
  responses: {
    101: { description: "Switched to the WebSocket protocol" },
    ...COMMON_PROBLEMS,
    ...RESOURCE_NOT_FOUND,
    ...UPGRADE_REQUIRED,
  },
});

export const openTaskSocket: RouteHandler<typeof openTaskSocketRoute, AppEnv> = async (context) => {
  const { taskId } = await progressOfTask(context, context.req.valid("param").id);
  if (context.req.header("upgrade")?.toLowerCase() !== "websocket")
    throw new RequestRefused("request.upgrade_required", { upgrade: "websocket", connection: "upgrade" });
  const webSocket = await context.get("isolate").services.jobs.progress.socket(taskId);
  const offered = protocolsOf(context.req.raw.headers).includes(PROGRESS_PROTOCOL);
  const headers: Record<string, string> = offered ? { "sec-websocket-protocol": PROGRESS_PROTOCOL } : {};
  return new Response(null, { status: 101, webSocket, headers });
};
