import type { SourceName } from "../enrichment/source.ts";

/** `enrich`: one company; `batch`: a file of them; `watch`: those of watched lists, every night. */
export const TASK_TYPES = ["enrich", "batch", "watch"] as const;
export type TaskType = (typeof TASK_TYPES)[number];

export const TASK_STATUSES = ["queued", "running", "completed", "cancelled", "failed"] as const;
export type TaskStatus = (typeof TASK_STATUSES)[number];

/** How a row ended. `invalid` and `duplicate` rows are never worked on. */
export const OUTCOMES = [
  "enriched",
  "partial",
  "not_found",
  "invalid",
  "duplicate",
  "upstream_error",
  "rate_limited",
  "cancelled",
] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Rows by outcome; of a task that is completed or cancelled they add up to its rows. */
export type Counts = Record<Outcome, number>;

/** What `retry` tries again. */
export const RETRYABLE_OUTCOMES = [
  "upstream_error",
  "rate_limited",
  "cancelled",
] as const satisfies Outcome[];

export const MAX_TASK_ROWS = 100_000;
export const MAX_UPLOAD_BYTES = 25_000_000;
/** Rows to enrich that travel as one message. */
export const CHUNK_ROWS = 50;
/** Chunks of one task that are in the queue, or being worked on, at once. */
export const CHUNKS_AHEAD = 16;
/** And with those that wait for a later try: what a slow source has to do does not pile up without end. */
export const CHUNKS_OPEN = 64;

export function isTerminal(status: TaskStatus): boolean {
  return status !== "queued" && status !== "running";
}

export function noCounts(): Counts {
  return {
    enriched: 0,
    partial: 0,
    not_found: 0,
    invalid: 0,
    duplicate: 0,
    upstream_error: 0,
    rate_limited: 0,
    cancelled: 0,
  };
}

export function totalOf(counts: Counts): number {
  return OUTCOMES.reduce((sum, outcome) => sum + counts[outcome], 0);
}

/** A task as stored. Moments are RFC 3339, milliseconds. */
export interface Task {
  id: string;
  organisationId: string;
  parentId: string | null;
  type: TaskType;
  mode: "live" | "test";
  status: TaskStatus;
  actor: { kind: "key" | "user" | "system"; id: string | null };
  requestId: string | null;
  sources: SourceName[];
  maxAgeMs: number | null;
  rows: number;
  /** Rows to enrich: valid and distinct. */
  distinctRows: number;
  uploadKey: string | null;
  uploadBytes: number | null;
  splitOffset: number;
  splitRows: number;
  splitDistinct: number;
  dispatchedChunks: number;
  /** null until it ends. */
  counts: Counts | null;
  failure: string | null;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
  cancelRequestedAt: string | null;
}

/** One data row of a file, as intake reads it and the splitter stores it. */
export interface TaskRow {
  /** From 1. */
  rowNo: number;
  /** Of the file, where the row begins; 1 is the first line. */
  line: number;
  /** As the file had it, 64 characters at most. */
  input: string;
  siren: string | null;
  /** null: to enrich. */
  outcome: "invalid" | "duplicate" | null;
  /** Why it is invalid, or `first_at_line:12`; of a row to enrich a remark such as `leading_zero_restored`. */
  reason: string | null;
}
