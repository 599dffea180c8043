import type { TaskProgress } from "./ports.ts";
import type { Counts, Task, TaskStatus } from "./task.ts";

/** A task's progress as everybody is shown it: by GET, as an event and on a socket alike. */
export interface TaskStatusView {
  task_id: string;
  parent_id: string | null;
  type: Task["type"];
  mode: Task["mode"];
  status: TaskStatus;
  rows: number;
  counts: Counts;
  rate_per_second: number;
  eta_seconds: number | null;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  cancel_requested_at: string | null;
  failure: string | null;
}

export function taskStatus(progress: TaskProgress): TaskStatusView {
  return {
    task_id: progress.taskId,
    parent_id: progress.parentId,
    type: progress.type,
    mode: progress.mode,
    status: progress.status,
    rows: progress.rows,
    counts: progress.counts,
    rate_per_second: progress.ratePerSecond,
    eta_seconds: progress.etaSeconds,
    created_at: progress.createdAt,
    started_at: progress.startedAt,
    finished_at: progress.finishedAt,
    cancel_requested_at: progress.cancelRequestedAt,
    failure: progress.failure,
  };
}
