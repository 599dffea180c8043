import { z } from "zod";
import { dispatchChunks } from "./dispatch-chunks.ts";
import type { EngineDeps } from "./engine.ts";
import { failTask } from "./finalize-task.ts";
import type { SplitStep } from "./ports.ts";
import { CHUNK_ROWS, CHUNKS_AHEAD, isTerminal, type Task, type TaskRow } from "./task.ts";

type SplitDeps = Pick<EngineDeps, "tasks" | "queue" | "uploads" | "board" | "now" | "log">;

const READ_BYTES = 256 * 1024;
/** Of one statement. */
const STEP_ROWS = 2_000;
/** Of one message: another goes on. */
const MESSAGE_ROWS = 20_000;
const NEWLINE = 10;

const Line = z.object({
  rowNo: z.int().min(1),
  line: z.int().min(1),
  input: z.string(),
  siren: z.string().nullable(),
  outcome: z.enum(["invalid", "duplicate"]).nullable(),
  reason: z.string().nullable(),
});

/** The upload is not what the task was accepted with; it will not be at the next try either. */
class UploadBroken extends Error {
  readonly failure: string;

  constructor(failure: string) {
    super(failure);
    this.failure = failure;
  }
}

/**
 * Turns the upload of a task into rows, from where it was left, and sends each chunk to work once its rows are stored.
 * Sends itself again until everything is.
 */
export async function splitTask(deps: SplitDeps, taskId: string): Promise<void> {
  const task = await deps.tasks.load(taskId);
  if (task === null) return;
  if (isTerminal(task.status)) return dropUpload(deps, task);
  if (task.status === "queued") await deps.tasks.start(taskId, new Date(deps.now()).toISOString());
  try {
    const after = await split(deps, await dispatch(deps, task));
    await settle(deps, after);
  } catch (error) {
    if (!(error instanceof UploadBroken)) throw error;
    deps.log.event("upload_broken", { task_id: taskId, failure: error.failure });
    await failTask(deps, taskId, error.failure);
    await dropUpload(deps, task);
  }
}

function isOver(task: Task): boolean {
  return task.uploadKey === null || task.splitRows >= task.rows;
}

async function split(deps: SplitDeps, from: Task): Promise<Task> {
  const until = from.splitRows + MESSAGE_ROWS;
  let task = from;
  while (!isTerminal(task.status) && !isOver(task) && task.splitRows < until) {
    const step = await readStep(deps, task);
    if (step === null) {
      const now = await deps.tasks.load(task.id);
      // Whoever read it to the end deletes it.
      if (now === null || !isOver(now)) throw new UploadBroken("upload_missing");
      task = now;
    } else {
      task = await deps.tasks.saveSplit(task, step, new Date(deps.now()).toISOString());
    }
    task = await dispatch(deps, task);
  }
  return task;
}

/** null: the upload is gone. */
async function readStep(deps: SplitDeps, task: Task): Promise<SplitStep | null> {
  const bytes = await deps.uploads.read(task.uploadKey ?? "", task.splitOffset, READ_BYTES);
  if (bytes === null) return null;
  let end = 0;
  for (let rows = 0; rows < STEP_ROWS; rows++) {
    const newline = bytes.indexOf(NEWLINE, end);
    if (newline === -1) break;
    end = newline + 1;
  }
  if (end === 0) throw new UploadBroken("upload_truncated");
  const lines = new TextDecoder().decode(bytes.subarray(0, end)).trimEnd().split("\n");
  return { rows: lines.map(parseLine), offset: task.splitOffset + end };
}

function parseLine(text: string): TaskRow {
  try {
    return Line.parse(JSON.parse(text));
  } catch {
    throw new UploadBroken("upload_unreadable");
  }
}

/** Chunks of which every row is stored. */
function readyChunks(task: Task): number {
  if (task.uploadKey === null) return Math.ceil(task.distinctRows / CHUNK_ROWS);
  return isOver(task)
    ? Math.ceil(task.splitDistinct / CHUNK_ROWS)
    : Math.floor(task.splitDistinct / CHUNK_ROWS);
}

/** The first ones: whoever ends one sends the next. Of a cancelled task the rest ends without work. */
async function dispatch(deps: SplitDeps, task: Task): Promise<Task> {
  const ready = Math.min(CHUNKS_AHEAD, readyChunks(task));
  const from = task.dispatchedChunks;
  if (task.cancelRequestedAt !== null || isTerminal(task.status) || ready <= from) return task;
  const chunks = Array.from({ length: ready - from }, (_, index) => from + index);
  await deps.queue.send(chunks.map((chunk) => ({ type: "task.chunk", task_id: task.id, chunk })));
  await deps.tasks.setDispatched(task.id, ready);
  return { ...task, dispatchedChunks: ready };
}

async function settle(deps: SplitDeps, task: Task): Promise<void> {
  if (isTerminal(task.status)) return dropUpload(deps, task);
  const report = await deps.board.report(task.id, "split:0", await deps.tasks.settledCounts(task.id));
  if (!isOver(task)) return deps.queue.send([{ type: "task.split", task_id: task.id }]);
  await dropUpload(deps, task);
  // Some may have ended while the next was not stored yet.
  await dispatchChunks(deps, task);
  if (report.complete || task.cancelRequestedAt !== null)
    await deps.queue.send([{ type: "task.finalize", task_id: task.id }]);
}

/** First the object, then what points to it. */
async function dropUpload(
  { uploads, tasks }: Pick<SplitDeps, "uploads" | "tasks">,
  task: Task,
): Promise<void> {
  if (task.uploadKey === null) return;
  await uploads.delete(task.uploadKey);
  await tasks.forgetUpload(task.id);
}
