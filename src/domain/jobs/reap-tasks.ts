import type { EnrichmentLog } from "../enrichment/ports.ts";
import { failTask, type FinalizeDeps } from "./finalize-task.ts";
import type { TaskMessage, UploadStore } from "./ports.ts";

/** An open task on which nothing has moved. */
export interface StalledTask {
  id: string;
  cancelled: boolean;
  /** Its upload is not read to the end, or chunks of it were never sent. */
  unsplit: boolean;
  /** It has been like that for so long that it never will be. */
  overdue: boolean;
  /** Chunks that were sent and have open rows, none of which waits for its moment. */
  chunks: number[];
}

/** Moments before which something counts as lost; RFC 3339. */
export interface StallLimits {
  createdBefore: string;
  movedBefore: string;
  resentBefore: string;
  splitBefore: string;
}

/** Tasks that need looking after. Throws `StorageUnavailable`. */
export interface TaskUpkeep {
  stalled(limits: StallLimits, atMost: number): Promise<StalledTask[]>;
  markResent(taskId: string, at: string): Promise<void>;
  /** Of tasks that have ended. */
  leftUploads(atMost: number): Promise<{ taskId: string; key: string }[]>;
  forgetUpload(taskId: string): Promise<void>;
  /** Those of the keys that some task points to. */
  knownUploads(keys: string[]): Promise<Set<string>>;
}

export interface ReapDeps extends FinalizeDeps {
  upkeep: TaskUpkeep;
  uploads: Pick<UploadStore, "delete" | "olderThan">;
  log: EnrichmentLog;
}

const MINUTE = 60_000;
/** The first message of a task is on its way for seconds. */
const UNSTARTED_MS = 2 * MINUTE;
const UNMOVED_MS = 5 * MINUTE;
/** A long queue is no loss: what waits in it is not sent again every time. One task has few chunks in it at once. */
const RESENT_MS = 10 * MINUTE;
/** Splitting takes seconds: what is not split after a day of trying never will be. */
const UNSPLIT_MS = 24 * 60 * MINUTE;
/** An upload is older than its task by the time it takes to send the file. */
const UNCLAIMED_MS = 60 * MINUTE;
/** Why such a task failed. */
const SPLIT_DEAD = "split_dead";
const TASKS = 100;
const UPLOADS = 500;

/** Sends again what was lost of open tasks, ends those that can't begin, and deletes uploads that nobody will read. */
export async function reapTasks(deps: ReapDeps): Promise<void> {
  const now = deps.now();
  const before = (ms: number): string => new Date(now - ms).toISOString();
  const limits = {
    createdBefore: before(UNSTARTED_MS),
    movedBefore: before(UNMOVED_MS),
    resentBefore: before(RESENT_MS),
    splitBefore: before(UNSPLIT_MS),
  };
  const stalled = await deps.upkeep.stalled(limits, TASKS);
  for (const task of stalled.filter(({ overdue }) => !overdue)) {
    const messages = messagesOf(task);
    await deps.queue.send(messages);
    await deps.upkeep.markResent(task.id, before(0));
    deps.log.event("task_resent", { task_id: task.id, messages: messages.length });
  }
  for (const { id } of stalled.filter(({ overdue }) => overdue)) {
    await failTask(deps, id, SPLIT_DEAD);
    deps.log.event("task_given_up", { task_id: id });
  }
  await deleteUploads(deps, before(UNCLAIMED_MS));
}

function messagesOf({ id, cancelled, unsplit, chunks }: StalledTask): TaskMessage[] {
  const split: TaskMessage[] = unsplit ? [{ type: "task.split", task_id: id }] : [];
  // Finalizing a cancelled task ends its rows, working on them would be in vain.
  const work: TaskMessage[] = cancelled
    ? []
    : chunks.map((chunk) => ({ type: "task.chunk", task_id: id, chunk }));
  const lost = [...split, ...work];
  return lost.length > 0 ? lost : [{ type: "task.finalize", task_id: id }];
}

async function deleteUploads({ upkeep, uploads }: ReapDeps, unclaimedBefore: string): Promise<void> {
  for (const { taskId, key } of await upkeep.leftUploads(UPLOADS)) {
    await uploads.delete(key);
    await upkeep.forgetUpload(taskId);
  }
  const old = await uploads.olderThan(unclaimedBefore, UPLOADS);
  const known = old.length === 0 ? new Set() : await upkeep.knownUploads(old);
  for (const key of old) {
    if (!known.has(key)) await uploads.delete(key);
  }
}
