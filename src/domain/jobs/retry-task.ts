import { errorKind } from "../../lib/error-kind.ts";
import { ResourceNotFound } from "../accounts/errors.ts";
import { auditRecord } from "../audit/audit-record.ts";
import type { TaskActor } from "./cancel-task.ts";
import { TaskRefused } from "./errors.ts";
import { type BatchPace, estimateCompanies } from "./estimate-seconds.ts";
import type { ProgressBoard, TaskQueue } from "./ports.ts";
import { isTerminal } from "./task.ts";
import type { TaskChanging, TaskReading, TaskSummary } from "./task-access.ts";

export interface RetryDeps {
  reader: TaskReading;
  changes: TaskChanging;
  queues: TaskQueue;
  progress: Pick<ProgressBoard, "announce">;
  pace: BatchPace;
  log: { event(name: string, fields: Record<string, string>): void };
}

/**
 * Tries the failed rows of an ended task again, as a task of its own with this id; the same id again is the same task,
 * and so is any other while a task that tries these rows is open.
 * Throws `ResourceNotFound`, or `TaskRefused` while the task runs or when no row of it failed.
 */
export async function retryTask(
  deps: RetryDeps,
  actor: TaskActor,
  ids: { parentId: string; taskId: string },
): Promise<{ task: TaskSummary; estimatedSeconds: number }> {
  const { principal, context } = actor;
  const record = auditRecord(context, {
    organisationId: principal.organisationId,
    actor: principal.actor,
    action: "task.retried",
    resource: { kind: "task", id: ids.parentId },
    outcome: "success",
    details: { task_id: ids.taskId },
  });
  const made = await deps.changes.retry(principal, { ...ids, actor: principal.actor }, record);
  const task = made ?? (await refuse(deps, actor, ids.parentId));
  const companies = task.mode === "live" ? task.rows : 0;
  const estimatedSeconds = estimateCompanies(task.sources, companies, deps.pace);
  await begin(deps, task, { organisationId: principal.organisationId, estimatedSeconds });
  return { task, estimatedSeconds };
}

/** Says why there is nothing to make. */
async function refuse({ reader }: RetryDeps, { principal }: TaskActor, parentId: string): Promise<never> {
  const parent = await reader.find(principal, parentId);
  if (parent === null) throw new ResourceNotFound();
  throw new TaskRefused(isTerminal(parent.status) ? "tasks.nothing_to_retry" : "tasks.not_ended");
}

/** The task exists whatever happens here: the reaper sends it if nobody else does. */
async function begin(
  { progress, queues, log }: RetryDeps,
  task: TaskSummary,
  more: { organisationId: string; estimatedSeconds: number },
): Promise<void> {
  const { id: taskId, type, mode, parentId, rows, createdAt } = task;
  const begun = await Promise.allSettled([
    progress.announce({ ...more, taskId, type, mode, parentId, rows, createdAt }),
    queues.send([{ type: "task.split", task_id: taskId }]),
  ]);
  for (const one of begun)
    if (one.status === "rejected")
      log.event("task_not_begun", { task_id: taskId, error: errorKind(one.reason) });
}
