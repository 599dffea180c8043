import type { ExportOptions, ExportOrder } from "./export.ts";

export type Cell = string | number | null;

/** A company on its way into a file: one cell per column of the order. */
export interface ExportRow {
  siren: string;
  /** Its place in the order of the export, for the next page. */
  key: string;
  cells: Cell[];
}

/** Pages of an export in a fixed order, each company once. Throws `StorageUnavailable`. */
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
