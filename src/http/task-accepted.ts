import { z } from "@hono/zod-openapi";
import { currentWork } from "../observability/work.ts";
import { PRIVATE_JSON } from "./json-response.ts";

/** A task that was created, or whose creation is repeated. */
export const TaskAccepted = z
  .object({
    task_id: z.string().openapi({ example: "tsk_0mhx2k9f4k7m2q8r5t1v3w6y9" }),
    status: z.literal("queued"),
    estimated_duration: z.int().openapi({
      description:
        "Seconds, as the slowest source and our own capacity allow, if nobody else asks and no company is fresh",
      example: 1_429,
    }),
    progress_url: z.string().openapi({ example: "/api/v2/tasks/tsk_0mhx2k9f4k7m2q8r5t1v3w6y9/status" }),
  })
  .openapi("TaskAccepted");

export const TASK_ACCEPTED = {
  202: {
    description: "The task; `Location` is its status",
    headers: {
      Location: {
        description: "Its status",
        schema: { type: "string" as const, example: "/api/v2/tasks/tsk_0mhx2k9f4k7m2q8r5t1v3w6y9/status" },
      },
    },
    content: { "application/json": { schema: TaskAccepted } },
  },
};

/** The answer of a route that creates a task, and its headers. */
export function taskAccepted(taskId: string, seconds: number) {
  currentWork()?.add({ task_id: taskId });
  const location = `/api/v2/tasks/${taskId}/status`;
  const body: z.infer<typeof TaskAccepted> = {
    task_id: taskId,
    status: "queued",
    estimated_duration: seconds,
    progress_url: location,
  };
  return { body, headers: { ...PRIVATE_JSON, location } };
}
