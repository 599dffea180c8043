import type { EnrichmentLog } from "../enrichment/ports.ts";
import type { TaskMessage, TaskQueue, UploadStore } from "./ports.ts";

/** An open task on which nothing has moved. */
export interface StalledTask {
  id: string;
  cancelled: boolean;
  /** Its upload is not read to the end, or chunks of it were never sent. */
  unsplit: boolean;
  /** Chunks that were sent and have open rows, none of which waits for its moment. */
  chunks: number[];
}

/** Moments before which something counts as lost; RFC 3339. */
export interface StallLimits {
  createdBefore: string;
  movedBefore: string;
  resentBefore: string;
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

export interface ReapDeps {
  upkeep: TaskUpkeep;
  queue: TaskQueue;
  uploads: Pick<UploadStore, "delete" | "olderThan">;
  now: () => number;
  log: EnrichmentLog;
}

const MINUTE = 60_000;
/** The first message of a task is on its way for seconds. */
const UNSTARTED_MS = 2 * MINUTE;
const UNMOVED_MS = 5 * MINUTE;
/** A long queue is no loss: what waits in it is not sent again every time. */
const RESENT_MS = 30 * MINUTE;
/** An upload is older than its task by the time it takes to send the file. */
const UNCLAIMED_MS = 60 * MINUTE;
const TASKS = 100;
const UPLOADS = 500;

/** Sends again what was lost of open tasks, and deletes uploads that nobody will read. */
export async function reapTasks(deps: ReapDeps): Promise<void> {
  const now = deps.now();
  const before = (ms: number): string => new Date(now - ms).toISOString();
  const limits = {
    createdBefore: before(UNSTARTED_MS),
    movedBefore: before(UNMOVED_MS),
    resentBefore: before(RESENT_MS),
  };
  for (const task of await deps.upkeep.stalled(limits, TASKS)) {
    const messages = messagesOf(task);
    await deps.queue.send(messages);
    await deps.upkeep.markResent(task.id, before(0));
    deps.log.event("task_resent", { task_id: task.id, messages: messages.length });
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
