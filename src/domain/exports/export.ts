import { z } from "zod";
import type { AuditActor } from "../audit/audit-record.ts";
import { CompanyFilter } from "../search/company-filter.ts";

/** `airtable` fills a table elsewhere; its file is the report of what became of each record. */
export const EXPORT_FORMATS = ["csv", "ndjson", "xlsx", "sql", "airtable"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export const EXPORT_STATUSES = [
  "queued",
  "running",
  "completed",
  "failed",
  "cancelled",
  /** Completed once; its file is removed. */
  "expired",
] as const;
export type ExportStatus = (typeof EXPORT_STATUSES)[number];

/** More companies than this are never answered at once. */
export const SYNC_ROWS = 1_000;
/** A file is removed this long after it was completed. */
export const FILE_LIFE_MS = 24 * 60 * 60_000;
/** A repetition within this time is served from the first export. */
export const REUSE_MS = 30 * 60_000;

export const Selection = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("filter"), filter: CompanyFilter }),
  z.strictObject({ kind: z.literal("task"), task_id: z.string() }),
  z.strictObject({ kind: z.literal("list"), list_id: z.string() }),
]);
export type Selection = z.infer<typeof Selection>;

export const ExportOptions = z.strictObject({
  /** CSV. */
  delimiter: z.enum([",", ";"]).optional(),
  /** CSV: begins with a byte order mark, for Excel. */
  bom: z.boolean().optional(),
  /** Airtable; its token is kept apart, sealed. */
  airtable: z.strictObject({ base_id: z.string(), table: z.string() }).optional(),
});
export type ExportOptions = z.infer<typeof ExportOptions>;

/** What is exported, and how: the same order makes the same file. */
export interface ExportOrder {
  organisationId: string;
  /** Test keys export the synthetic companies. */
  mode: "live" | "test";
  format: ExportFormat;
  selection: Selection;
  /** Names of `EXPORT_COLUMNS`, in the order of the file. */
  columns: string[];
  options: ExportOptions;
  /** Companies first seen later, and rows and list members added later, are left out. RFC 3339. */
  createdAt: string;
}

/** Moments are RFC 3339. */
export interface Export extends ExportOrder {
  id: string;
  actor: AuditActor;
  requestId: string | null;
  status: ExportStatus;
  estimatedRows: number | null;
  /** Companies written so far. */
  rows: number;
  bytes: number;
  /** SHA-256 of the file, hexadecimal; null until it is complete. */
  digest: string | null;
  /** Of the file in R2; null: there is none, or none any more. */
  objectKey: string | null;
  /** Airtable. */
  counts: TableCounts | null;
  /** A code: why it failed. */
  failure: string | null;
  startedAt: string | null;
  finishedAt: string | null;
  expiresAt: string | null;
  cancelRequestedAt: string | null;
}

export const TableCounts = z.object({ created: z.int(), updated: z.int(), refused: z.int() });
export type TableCounts = z.infer<typeof TableCounts>;

export function isEnded(status: ExportStatus): boolean {
  return status !== "queued" && status !== "running";
}
