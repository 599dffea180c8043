import type { AuditRecord } from "../audit/audit-record.ts";
import type { SourceState } from "../enrichment/source-state.ts";
import type { Score } from "../scoring/score.ts";
import type { WebhookEvent } from "../webhooks/webhook-event.ts";
import type { Counts, Outcome, Task, TaskRow, TaskStatus } from "./task.ts";

export type NewTask = Pick<
  Task,
  | "id"
  | "organisationId"
  | "parentId"
  | "type"
  | "mode"
  | "actor"
  | "requestId"
  | "sources"
  | "maxAgeMs"
  | "rows"
  | "distinctRows"
  | "uploadKey"
  | "uploadBytes"
  | "createdAt"
>;

/** Tasks in the system of record. Throws `StorageUnavailable`. */
export interface TaskCreation {
  /**
   * All or nothing, with the audit's record. `rows`: given at once when there is no upload. The same id again changes
   * nothing: a request that is repeated because nobody heard its answer creates one task.
   */
  create(task: NewTask, rows: TaskRow[], record: AuditRecord): Promise<void>;
}

/** What the queue `enrichment` carries; see `src/queue/messages.ts` for the wire format. */
export type TaskMessage =
  | { type: "task.split"; task_id: string }
  | { type: "task.chunk"; task_id: string; chunk: number }
  | { type: "task.finalize"; task_id: string };

/** What the engine sends: its own work, and word of an event that was written. */
export type EngineMessage = TaskMessage | { type: "event.published"; event_id: string };

/** Throws when the queue does not take them: nothing was sent, or some; sending again is harmless. */
export interface TaskQueue {
  send(messages: EngineMessage[], delaySeconds?: number): Promise<void>;
}

/** Of one chunk of a task; without `chunk`, of the whole task. */
export interface Part {
  taskId: string;
  chunk?: number;
}

/** A row that waits for its outcome. */
export interface OpenRow {
  rowNo: number;
  siren: string;
  /** How often it was tried in vain. */
  attempts: number;
  /** RFC 3339; null: at once. */
  retryAt: string | null;
}

/** How a row ends. `reason`: a code, or `source:reason` pairs joined by commas; null: the row keeps its remark. */
export interface RowEnd {
  outcome: Outcome;
  reason: string | null;
}

/** What is left of a part of a task, and how the rest ended. */
export interface Tally {
  counts: Counts;
  open: number;
}

/** Whole lines of an upload, and where they leave the reader. */
export interface SplitStep {
  rows: TaskRow[];
  /** Of the upload: the byte after the last line. */
  offset: number;
}

/** Chunks of one task with open rows that there may be at once: all of them, and those with rows to work on now. */
export interface ChunkWindow {
  due: number;
  open: number;
}

/** How a task ends. `at`: RFC 3339. */
export interface TaskEnd {
  counts: Counts;
  at: string;
  /** Written only if this very end takes effect, and never for a cancelled task. */
  event: WebhookEvent;
}

/** A task after somebody tried to end it. */
export interface TaskAfterEnd extends Task {
  /** By this very try: of all of them, one says so. */
  endedNow: boolean;
}

/**
 * Work on a task in the system of record. Every change is guarded: made twice, or too late, it changes nothing.
 * Throws `StorageUnavailable`.
 */
export interface TaskWork {
  load(taskId: string): Promise<Task | null>;
  /** Queued becomes running. */
  start(taskId: string, at: string): Promise<void>;
  /** Stores the rows and moves the cursor of `task`, unless somebody else has; the task as it is then. */
  saveSplit(task: Task, step: SplitStep, at: string): Promise<Task>;
  /** Chunks before this one have been sent. */
  setDispatched(taskId: string, chunks: number): Promise<void>;
  /**
   * Chunks `from` to `to`, exclusive, are the caller's to send: as many as the window has room for at `at`. Given to one
   * caller only.
   */
  claimChunks(taskId: string, window: ChunkWindow, at: string): Promise<{ from: number; to: number }>;
  /** The upload is deleted. */
  forgetUpload(taskId: string): Promise<void>;
  /** Rows that need no work, by outcome. */
  settledCounts(taskId: string): Promise<Counts>;
  openRows(part: Required<Part>): Promise<OpenRow[]>;
  /** Ends those rows that are open; what the chunk has come to. */
  endRows(part: Required<Part>, ends: (RowEnd & { rowNo: number })[], at: string): Promise<Tally>;
  /** Rows to be tried again, with their new `attempts`, if nobody ended them or counted more since. */
  postponeRows(part: Required<Part>, rows: OpenRow[]): Promise<void>;
  /** Ends whatever is open. */
  endOpenRows(part: Part, end: RowEnd, at: string): Promise<void>;
  tally(part: Part): Promise<Tally>;
  /**
   * Ends a task whose rows have all ended, as completed or, when that was asked for, cancelled; the task as it is then,
   * which is still open when rows are.
   */
  complete(taskId: string, end: TaskEnd): Promise<TaskAfterEnd | null>;
  /** Ends a task that can't be finished; the task as it is then, which is still open when rows are. */
  fail(taskId: string, failure: string, end: TaskEnd): Promise<TaskAfterEnd | null>;
}

/** Companies as stored, many at once; those that are not stored are left out. Throws `StorageUnavailable`. */
export interface StoredCompanies {
  loadMany(sirens: string[]): Promise<Map<string, { states: SourceState[]; score: Score }>>;
}

/** Rows of an upload, waiting to be split; bytes are JSON lines of `TaskRow`. Throws `StorageUnavailable`. */
export interface UploadStore {
  /** From `offset`, at most `length` bytes; null: there is no such upload. */
  read(key: string, offset: number, length: number): Promise<Uint8Array | null>;
  delete(key: string): Promise<void>;
  /** Keys of uploads made before `moment` (RFC 3339), some of them if they are many. */
  olderThan(moment: string, atMost: number): Promise<string[]>;
}

/** What is announced of a task before its first row ends. */
export interface TaskAnnouncement {
  taskId: string;
  organisationId: string;
  type: Task["type"];
  mode: Task["mode"];
  parentId: string | null;
  rows: number;
  createdAt: string;
  /** Of the whole task, as promised when it was accepted; null or left out: nobody knows. */
  estimatedSeconds?: number | null;
}

export interface TaskProgress extends TaskAnnouncement {
  status: TaskStatus;
  counts: Counts;
  cancelRequestedAt: string | null;
  /** Why the task as a whole failed. */
  failure: string | null;
  /** Of the last minute. */
  ratePerSecond: number;
  etaSeconds: number | null;
  startedAt: string | null;
  finishedAt: string | null;
  /** Grows with every change of status or counts, and is worked out from them: the same wherever it is read. */
  seq: number;
}

/**
 * The live view of a task, one Durable Object each; Postgres is the truth, and what is missing here is read from there.
 * Reports are absolute: a part reported twice counts once, and an older report never replaces a newer one.
 */
export interface ProgressBoard {
  announce(task: TaskAnnouncement): Promise<void>;
  /**
   * What has ended so far of one part of a task: `chunk:7`, or `split:0` for rows that need no work.
   * `complete`: every row of the task has ended.
   */
  report(taskId: string, part: string, counts: Counts): Promise<{ complete: boolean }>;
  /** The recount; nothing changes after it. */
  finish(taskId: string, end: { status: TaskStatus; counts: Counts; finishedAt: string }): Promise<void>;
}
