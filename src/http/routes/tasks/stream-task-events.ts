import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { taskStatus } from "../../../domain/jobs/task-status.ts";
import { type ProgressEvent, type WatchDeps, watchProgress } from "../../../domain/jobs/watch-progress.ts";
import { errorKind } from "../../../lib/error-kind.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { reportError } from "../../report-error.ts";
import { COMMON_PROBLEMS, RESOURCE_NOT_FOUND } from "../../shared-responses.ts";
import { textStream } from "../../text-stream.ts";
import { progressOfTask, TaskParams } from "./schema.ts";
import { requireTaskSight, SEES_TASKS } from "./task-sight.ts";

/** When a client comes back by itself after the stream has ended, ms. */
const RETRY = "retry: 1000\n\n";
const UNSEEN = -1;

export const streamTaskEventsRoute = createRoute({
  method: "get",
  path: "/api/v2/tasks/{id}/events",
  operationId: "streamTaskEvents",
  tags: ["Tasks"],
  summary: "Follow a task as server-sent events",
  description:
    "`event: progress` with the task's status as `data` and a growing `id`: the present state at once, then each change. After the last one comes `event: end`: close then. A stream lasts 55 seconds at most; come back with `Last-Event-ID`, as every `EventSource` does, and nothing is missed or repeated but the end.",
  security: SEES_TASKS,
  middleware: [requireTaskSight] as const,
  request: {
    params: TaskParams,
    query: closedObject({}),
    headers: z.object({
      "last-event-id": z.string().optional().openapi({ description: "`id` of the last event seen" }),
    }),
  },
  responses: {
    200: {
      description: "Events until the task ends; a comment every 15 seconds while nothing happens",
      content: { "text/event-stream": { schema: z.string() } },
    },
    ...COMMON_PROBLEMS,
    ...RESOURCE_NOT_FOUND,
  },
});

/** What is no number of ours was not seen. */
function lastSeen(header: string | undefined): number {
  return header !== undefined && /^\d{1,9}$/.test(header) ? Number(header) : UNSEEN;
}

function eventText(event: ProgressEvent): string {
  if (event.kind === "heartbeat") return ": heartbeat\n\n";
  const { kind, progress } = event;
  return `id: ${progress.seq}\nevent: ${kind}\ndata: ${JSON.stringify(taskStatus(progress))}\n\n`;
}

async function* eventTexts(events: AsyncGenerator<ProgressEvent>): AsyncGenerator<string> {
  yield RETRY;
  for await (const event of events) yield eventText(event);
}

function watchDeps(context: Context<AppEnv>, taskId: string, gone: AbortSignal): WatchDeps {
  const { jobs, log, now } = context.get("isolate").services;
  const { organisationId } = context.get("principal");
  const read = async () => {
    try {
      return await jobs.progress.read(organisationId, taskId);
    } catch (error) {
      log.event("task_progress_unread", { task_id: taskId, error: errorKind(error) });
      return null;
    }
  };
  const sleep = async (ms: number): Promise<void> => {
    await scheduler.wait(ms, { signal: gone }).catch((error: unknown) => {
      if (!gone.aborted) throw error;
    });
  };
  return { read, sleep, now, hasLeft: () => gone.aborted };
}

export const streamTaskEvents: RouteHandler<typeof streamTaskEventsRoute, AppEnv> = async (context) => {
  const first = await progressOfTask(context, context.req.valid("param").id);
  const seen = lastSeen(context.req.valid("header")["last-event-id"]);
  const gone = new AbortController();
  const deps = watchDeps(context, first.taskId, gone.signal);
  const { log } = context.get("isolate").services;
  const onError = (error: unknown): void => {
    log.event("task_events_cut_off", { task_id: first.taskId, error: errorKind(error) });
    reportError(error, context);
  };
  const body = textStream(eventTexts(watchProgress(deps, { first, seen })), onError, gone);
  return context.body(body, 200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store, no-transform",
  });
};
