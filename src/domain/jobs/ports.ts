import type { AuditRecord } from "../audit/audit-record.ts";
import type { Counts, Task, TaskRow, TaskStatus } from "./task.ts";

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

/** Throws when the queue does not take them: nothing was sent, or some; sending again is harmless. */
export interface TaskQueue {
  send(messages: TaskMessage[], delaySeconds?: number): Promise<void>;
}

/** Rows of an upload, waiting to be split; bytes are JSON lines of `TaskRow`. Throws `StorageUnavailable`. */
export interface UploadStore {
  /** From `offset`, at most `length` bytes; null: there is no such upload. */
  read(key: string, offset: number, length: number): Promise<Uint8Array | null>;
  delete(key: string): Promise<void>;
}

/** What is announced of a task before its first row ends. */
export interface TaskAnnouncement {
  taskId: string;
  organisationId: string;
  type: Task["type"];
  rows: number;
  createdAt: string;
}

export interface TaskProgress extends TaskAnnouncement {
  status: TaskStatus;
  counts: Counts;
  /** Of the last minute. */
  ratePerSecond: number;
  etaSeconds: number | null;
  startedAt: string | null;
  finishedAt: string | null;
  /** Grows with every change. */
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
