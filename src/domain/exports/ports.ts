import type { WebhookEvent } from "../webhooks/webhook-event.ts";
import type { Export, ExportOptions, ExportOrder, TableCounts } from "./export.ts";

export type Cell = string | number | null;

/** A company on its way into a file: one cell per column of the order. */
export interface ExportRow {
  siren: string;
  /** Its place in the order of the export, for the next page. */
  key: string;
  cells: Cell[];
}

/** Pages of an export in a fixed order, each company once. Throws `StorageUnavailable`, `QueryTooSlow`. */
export interface ExportRows {
  /** The rows after the key `after`; fewer than `limit` means that there are no more. */
  page(order: ExportOrder, page: { after: string | null; limit: number }): Promise<ExportRow[]>;
}

/** What a format has to remember from one step to the next: JSON. */
export type WriterState = Record<string, unknown>;

/** Bytes of the file, in order, and what to remember after them. */
export interface Written {
  bytes: Uint8Array;
  state: WriterState;
}

/**
 * A file format, written piece by piece; between two pieces only `state` is kept, as JSON, so that another isolate can go
 * on. The same rows and state give the same bytes.
 */
export interface FileWriter {
  contentType: string;
  extension: string;
  begin(columns: string[], options: ExportOptions): Written;
  rows(state: WriterState, rows: ExportRow[]): Written;
  end(state: WriterState): Written;
}

/** What became of one record of a table elsewhere. `error`: the service's own code; null unless it refused. */
export interface PushedRecord {
  siren: string;
  outcome: "created" | "updated" | "refused";
  record_id: string | null;
  error: string | null;
}

/** Fills a table elsewhere; the same record again changes nothing. */
export interface TablePush {
  /**
   * One result per row, in their order. Throws `TableRefused` when no try will ever succeed (token, base, quota), and
   * `TableBusy` when a later one may.
   */
  push(target: TableTarget, columns: string[], rows: ExportRow[]): Promise<PushedRecord[]>;
}

export interface TableTarget {
  baseId: string;
  table: string;
  token: string;
}

/** What queues carry for exports; see `src/queue/messages.ts` for the wire format. */
export type ExportMessage =
  | { type: "export.step"; export_id: string; seq: number }
  | { type: "event.published"; event_id: string };

/** Throws when the queue does not take them: sending again is harmless. */
export interface ExportQueue {
  send(messages: ExportMessage[], delaySeconds?: number): Promise<void>;
}

export interface FilePart {
  /** From 1. */
  number: number;
  etag: string;
}

/** What the engine itself remembers from one step to the next. */
export interface EngineState {
  /** Of the format; null: nothing is written yet. */
  format: WriterState | null;
  /** All bytes are stored: what is left is to make one object of them. */
  written: boolean;
  /** How often it began again from nothing. */
  restarts: number;
  /** Steps in a row in which a table elsewhere took nothing. */
  waits: number;
  /** The one error with which a table elsewhere refused every record so far; null: there is no such. */
  refusal: string | null;
}

/** An export as the engine sees it. */
export interface WorkingExport extends Export {
  /** Steps done: a message for an earlier one is a repetition. */
  seq: number;
  uploadId: string | null;
  parts: FilePart[];
  lastKey: string | null;
  carryKey: string | null;
  state: EngineState;
  /** Sealed. */
  secret: string | null;
  /** null: nobody works on it. */
  leaseId: string | null;
  /** RFC 3339. Of a lease; without one, when the next step is due or was saved. */
  leasedUntil: string | null;
}

/** The right to change one export: as long as nobody else has taken it and the export is wanted. */
export interface Lease {
  exportId: string;
  /** Of this claim alone. */
  id: string;
}

/** What a step leaves behind. */
export interface SavedStep {
  /** The steps that were done before it. */
  seq: number;
  parts: FilePart[];
  lastKey: string | null;
  carryKey: string | null;
  objectKey: string;
  rows: number;
  bytes: number;
  counts: TableCounts | null;
  state: EngineState;
  /** When the next step is due. RFC 3339. */
  dueAt: string;
}

/** How an export ends. `at`: RFC 3339; the event is written only if this very end takes effect. */
export interface ExportEnd {
  at: string;
  event: WebhookEvent;
}

/**
 * Exports in the system of record. What is asked under a lease changes nothing, and answers false, once the lease is
 * another's or the export is not wanted any more. Throws `StorageUnavailable`.
 */
export interface ExportWork {
  /** The export, queued or running, if `seq` steps of it are done and nobody works on it at `at`. */
  claim(lease: Lease, step: { seq: number; at: string; until: string }): Promise<WorkingExport | null>;
  load(exportId: string): Promise<WorkingExport | null>;
  keepLease(lease: Lease, until: string): Promise<boolean>;
  release(lease: Lease, at: string): Promise<void>;
  saveUpload(lease: Lease, upload: { uploadId: string; objectKey: string }): Promise<boolean>;
  /** Ends the step and the lease. */
  save(lease: Lease, step: SavedStep): Promise<boolean>;
  /** Back to nothing written, one step on; ends the lease. */
  restart(lease: Lease, from: { seq: number; state: EngineState; at: string }): Promise<boolean>;
  complete(lease: Lease, end: ExportEnd & { digest: string; expiresAt: string }): Promise<boolean>;
  /** `leaseId` null: as long as nobody works on it. */
  fail(
    which: { exportId: string; leaseId: string | null },
    end: ExportEnd & { failure: string },
  ): Promise<boolean>;
  /** Whether the task or list that it is made from is still there. */
  hasSelection(made: WorkingExport): Promise<boolean>;
  /** Nothing of it is left in R2. Changes nothing of one that is open or completed. */
  forgetFile(exportId: string): Promise<void>;
}

/** What the reaper sees of exports. Throws `StorageUnavailable`. */
export interface ExportUpkeep {
  /** Open ones on which nothing has moved, and nobody works. Moments are RFC 3339. */
  stalled(
    limits: { now: string; movedBefore: string; resentBefore: string },
    atMost: number,
  ): Promise<{ id: string; seq: number; createdAt: string }[]>;
  markResent(exportId: string, at: string): Promise<void>;
  /** Completed ones whose file has had its time become expired. */
  expire(at: string, atMost: number): Promise<void>;
  /** Ids of those that ended without a file, or are expired, and may have left something in R2. */
  leftFiles(atMost: number): Promise<string[]>;
  /** Of these ids, those of exports that are open and those that have a file. */
  inUse(exportIds: string[]): Promise<{ open: Set<string>; completed: Set<string> }>;
}

export interface FileHead {
  contentType: string;
  /** What a browser calls it. */
  fileName: string;
}

export interface Upload {
  key: string;
  uploadId: string;
}

/**
 * Where files are made: parts of equal size and a shorter last one become an object. Throws `StorageUnavailable`, and
 * `FileDamaged` when what should be there is not.
 */
export interface ExportFiles {
  /** The id of an upload that parts can be put to. */
  begin(key: string, head: FileHead): Promise<string>;
  /** The part's etag; the same number again replaces the part. */
  putPart(upload: Upload, number: number, bytes: Uint8Array): Promise<string>;
  /** Makes one object of the parts, or did so before. */
  join(upload: Upload, parts: FilePart[]): Promise<void>;
  /** Removes the parts, if there are any. */
  abort(upload: Upload): Promise<void>;
  put(key: string, bytes: Uint8Array, head: FileHead): Promise<void>;
  putCarry(key: string, bytes: Uint8Array): Promise<void>;
  readCarry(key: string): Promise<Uint8Array>;
  /** Reads the object from its first byte to its last. `digest`: SHA-256, hexadecimal. null: there is none. */
  measure(key: string): Promise<{ bytes: number; digest: string } | null>;
  /** 1,000 keys at most. */
  delete(keys: string | string[]): Promise<void>;
  deleteUnder(prefix: string): Promise<void>;
  /** Keys of files and carries made before `moment` (RFC 3339), some of them if they are many. */
  olderThan(moment: string, atMost: number): Promise<string[]>;
}
