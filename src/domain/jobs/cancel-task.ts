import { errorKind } from "../../lib/error-kind.ts";
import { ResourceNotFound } from "../accounts/errors.ts";
import type { Principal } from "../accounts/principal.ts";
import { type ActContext, auditRecord } from "../audit/audit-record.ts";
import { TaskRefused } from "./errors.ts";
import type { TaskQueue } from "./ports.ts";
import { isTerminal } from "./task.ts";
import type { TaskChanging, TaskReading } from "./task-access.ts";

export interface TaskActor {
  principal: Principal;
  context: ActContext;
}

export interface CancelDeps {
  reader: TaskReading;
  changes: TaskChanging;
  queues: TaskQueue;
  progress: { refresh(taskId: string): Promise<void> };
  log: { event(name: string, fields: Record<string, string>): void };
}

/**
 * Ends what is open of a task; what is under way right now may still end as it does. Again, it changes nothing. Throws
 * `ResourceNotFound`, or `TaskRefused` for a task that has ended.
 */
export async function cancelTask(deps: CancelDeps, actor: TaskActor, id: string): Promise<void> {
  const { principal, context } = actor;
  const record = auditRecord(context, {
    organisationId: principal.organisationId,
    actor: principal.actor,
    action: "task.cancelled",
    resource: { kind: "task", id },
    outcome: "success",
    details: {},
  });
  if (!(await deps.changes.cancel(principal, id, record))) {
    const task = await deps.reader.find(principal, id);
    if (task === null) throw new ResourceNotFound();
    if (isTerminal(task.status)) throw new TaskRefused("tasks.not_cancellable");
  }
  await tell(deps, id);
}

/** The task is cancelled; what is not told now is found by the reaper, and by whoever looks at the task. */
async function tell({ progress, queues, log }: CancelDeps, id: string): Promise<void> {
  const told = await Promise.allSettled([
    progress.refresh(id),
    queues.send([{ type: "task.finalize", task_id: id }]),
  ]);
  for (const one of told)
    if (one.status === "rejected")
      log.event("task_cancel_not_told", { task_id: id, error: errorKind(one.reason) });
}
