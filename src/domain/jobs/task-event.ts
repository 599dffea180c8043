import type { WebhookEvent } from "../webhooks/webhook-event.ts";
import type { Counts, Task } from "./task.ts";

/** What is told when a task ends by itself; its id is the task's own, so that it is told once. */
export function taskEvent(
  task: Pick<Task, "id" | "organisationId" | "mode" | "type" | "rows">,
  type: "task.completed" | "task.failed",
  { at, counts }: { at: string; counts: Counts },
): WebhookEvent {
  return {
    id: taskEventId(task.id),
    organisationId: task.organisationId,
    mode: task.mode,
    type,
    at,
    data: {
      task_id: task.id,
      type: task.type,
      status: type === "task.completed" ? "completed" : "failed",
      rows: task.rows,
      counts,
      result_url: `/api/v2/tasks/${task.id}/result`,
    },
  };
}

export function taskEventId(taskId: string): string {
  return `evt_${taskId.slice("tsk_".length)}`;
}
