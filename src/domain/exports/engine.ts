import type { ExportFormat } from "./export.ts";
import type {
  EngineState,
  ExportFiles,
  ExportQueue,
  ExportRows,
  ExportWork,
  FileWriter,
  TablePush,
  WorkingExport,
} from "./ports.ts";

/** How much is done at once. */
export interface EngineSize {
  /** Of a part of a file; R2 takes no less than 5 MiB, and holds 10,000 parts. */
  partBytes: number;
  pageRows: number;
  /** Of a page that is pushed to a table elsewhere. */
  tableRows: number;
  /** One message writes so many companies, for so long, whichever ends first. */
  stepRows: number;
  stepMs: number;
  /** The same where a table elsewhere sets the pace: most of it is waiting, and files wait behind it. */
  tableStepMs: number;
}

export const PART_BYTES = 8 * 1_024 * 1_024;
/** With twice as many the garbage of an NDJSON export came above the 128 MB that an isolate has. */
export const PAGE_ROWS = 2_500;
/** As many as are refused before a table is given up: no page is begun in vain. */
export const TABLE_ROWS = 50;
export const TABLE_STEP_MS = 10_000;

/** What exports are made with; each may fail at any call, and the step is then done again. */
export interface EngineDeps {
  work: ExportWork;
  files: ExportFiles;
  queue: ExportQueue;
  rows: ExportRows;
  tables: TablePush;
  writers: Record<ExportFormat, FileWriter>;
  /** The token of the service that is filled; null: it can't be read any more. */
  openSecret: (made: WorkingExport) => Promise<string | null>;
  size: EngineSize;
  now: () => number;
  newId: (prefix: string) => string;
  log: { event(name: string, fields: Record<string, string | number | boolean>): void };
}

/** Somebody who has not renewed his lease for so long is dead. */
export const LEASE_MS = 180_000;
/** What is not done after a day of trying never will be. */
export const GIVE_UP_MS = 24 * 60 * 60_000;

/** How often a lease is renewed, and a cancellation noticed. */
export const RENEW_MS = 10_000;

export const NOTHING_WRITTEN: EngineState = {
  format: null,
  written: false,
  restarts: 0,
  waits: 0,
  refusal: null,
};

export const FILE_PREFIX = "exports/v1/files/";
export const CARRY_PREFIX = "exports/v1/carry/";

export function fileKey(
  { id, organisationId, format }: Pick<WorkingExport, "id" | "organisationId" | "format">,
  writers: EngineDeps["writers"],
): string {
  return `${FILE_PREFIX}${organisationId}/${id}.${writers[format].extension}`;
}

/** Of one export; each step has its own key below it. */
export function carryPrefix(exportId: string): string {
  return `${CARRY_PREFIX}${exportId}/`;
}

/** Whose file or carry it is; null: not of an export. */
export function exportOfKey(key: string): { exportId: string; carry: boolean } | null {
  const found = /^exports\/v1\/(?:(carry)\/|files\/[^/]+\/)(exp_[0-9A-Za-z]+)[/.]/.exec(key);
  return found?.[2] === undefined ? null : { exportId: found[2], carry: found[1] !== undefined };
}

export function isoAt(ms: number): string {
  return new Date(ms).toISOString();
}
