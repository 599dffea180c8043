import type { EngineDeps } from "./engine.ts";
import { isTerminal, type Task, totalOf } from "./task.ts";
import { taskEvent, taskEventId } from "./task-event.ts";

export type FinalizeDeps = Pick<EngineDeps, "tasks" | "queue" | "board" | "now" | "log">;

/**
 * Recounts a task from its rows and ends it, when they have all ended; of a cancelled one it first ends those that are
 * left. Too early it changes nothing; again, it only repeats what it told.
 */
export async function finalizeTask(deps: FinalizeDeps, taskId: string): Promise<void> {
  const task = await deps.tasks.load(taskId);
  if (task === null) return;
  const ended = isTerminal(task.status) ? task : await end(deps, task);
  if (ended !== null) await announceEnd(deps, ended);
}

async function end(deps: FinalizeDeps, task: Task): Promise<Task | null> {
  const at = new Date(deps.now()).toISOString();
  if (task.cancelRequestedAt !== null)
    await deps.tasks.endOpenRows({ taskId: task.id }, { outcome: "cancelled", reason: null }, at);
  const { counts, open } = await deps.tasks.tally({ taskId: task.id });
  if (open > 0 || totalOf(counts) !== task.rows) return null;
  const event = taskEvent(task, "task.completed", { at, counts });
  const after = await deps.tasks.complete(task.id, { counts, at, event });
  if (after === null || !isTerminal(after.status)) return null;
  if (after.endedNow) logEnd(deps, after);
  return after;
}

function logEnd({ log, now }: FinalizeDeps, task: Task): void {
  log.event("batch_completed", {
    task_id: task.id,
    organisation_id: task.organisationId,
    type: task.type,
    mode: task.mode,
    status: task.status,
    rows: task.rows,
    ...task.counts,
    failure: task.failure,
    duration_ms: now() - Date.parse(task.createdAt),
  });
}

/**
 * Ends a task that can't go on: what is open of it ends as an error of ours. Again, it changes nothing. Throws when rows
 * were stored meanwhile: then it is to be asked for again.
 */
export async function failTask(deps: FinalizeDeps, taskId: string, failure: string): Promise<void> {
  const task = await deps.tasks.load(taskId);
  if (task === null) return;
  if (isTerminal(task.status)) return announceEnd(deps, task);
  const at = new Date(deps.now()).toISOString();
  await deps.tasks.endOpenRows({ taskId }, { outcome: "upstream_error", reason: failure }, at);
  const { counts } = await deps.tasks.tally({ taskId });
  const event = taskEvent(task, "task.failed", { at, counts });
  const after = await deps.tasks.fail(taskId, failure, { counts, at, event });
  if (after === null || !isTerminal(after.status))
    throw new Error("task did not fail: rows opened meanwhile");
  if (after.endedNow) logEnd(deps, after);
  await announceEnd(deps, after);
}

async function announceEnd({ queue, board }: FinalizeDeps, task: Task): Promise<void> {
  const { id, status, counts, finishedAt } = task;
  if (counts === null || finishedAt === null) return;
  await board.finish(id, { status, counts, finishedAt });
  if (status !== "cancelled") await queue.send([{ type: "event.published", event_id: taskEventId(id) }]);
}
