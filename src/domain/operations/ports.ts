import type { AuditRecord } from "../audit/audit-record.ts";
import type { QueueName } from "./queue-name.ts";

/** Which queues are paused. `read` and `set` throw `StorageUnavailable`. */
export interface QueuePauses {
  /** For consumers: as known for a few seconds; never throws. */
  isPaused(queue: QueueName): Promise<boolean>;
  /** For operators: as stored. */
  read(queue: QueueName): Promise<boolean>;
  set(queue: QueueName, paused: boolean): Promise<void>;
}

/** What waits in a queue; null where the platform does not say. */
export interface QueueGauge {
  backlogCount: number | null;
  backlogBytes: number | null;
  /** RFC 3339. */
  oldestMessageAt: string | null;
}

export const LETTER_STATUSES = ["open", "redriven", "discarded"] as const;
export type LetterStatus = (typeof LETTER_STATUSES)[number];

/** Queues whose messages may end as dead letters. */
export const WORK_QUEUES = ["enrichment", "exports", "events"] as const satisfies QueueName[];
export type WorkQueue = (typeof WORK_QUEUES)[number];

/** References only: what kind of work, and on what. */
export type LetterMessage = { type: string } & Record<string, string | number>;

/** A message that no consumer could finish with. Moments are RFC 3339. */
export interface DeadLetter {
  id: string;
  queue: WorkQueue | null;
  /** null: no message of ours, or of a version that we don't know. */
  message: LetterMessage | null;
  reason: string;
  status: LetterStatus;
  sentAt: string;
  receivedAt: string;
  resolvedAt: string | null;
}

export interface LetterFilter {
  status: LetterStatus | null;
  queue: WorkQueue | null;
}

/** Rows that were given up with their chunk, to be tried again as a task of their own. */
export interface ChunkRetry {
  letterId: string;
  taskId: string;
  chunk: number;
  childId: string;
  /** RFC 3339. */
  at: string;
}

/** Throws `StorageUnavailable`. */
export interface DeadLetterStore {
  /** Newest first, those after the id `after`. */
  list(filter: LetterFilter, page: { limit: number; after: string | null }): Promise<DeadLetter[]>;
  load(id: string): Promise<DeadLetter | null>;
  /** Open letters that can be sent again, the oldest first. */
  redrivable(queue: WorkQueue | null, limit: number): Promise<string[]>;
  /** Only what is open, with its record; false: it was not. */
  resolve(
    id: string,
    to: { status: "redriven" | "discarded"; at: string },
    record: AuditRecord,
  ): Promise<boolean>;
  /** Takes a redrive back whose message could not be sent. */
  reopen(id: string, record: AuditRecord): Promise<void>;
  /**
   * Resolves the letter and makes a child task of the rows that ended with it, all or nothing, with the records of the
   * operator and of the task's organisation. null: the letter was not open, or no such row is left; nothing was done.
   */
  retryChunk(
    retry: ChunkRetry,
    records: { operator: AuditRecord; child: ChildRecord },
  ): Promise<string | null>;
}

/** The record of a child task, but for its organisation, which the task names. */
export type ChildRecord = Omit<AuditRecord, "organisationId">;
