import type { RowFault } from "./read-identifier.ts";

/** Why a file can't be worked on at all. */
export const UNREADABLE_REASONS = [
  "empty_file",
  "no_rows",
  "nul_bytes",
  "utf16",
  "archive",
  "spreadsheet",
  "unclosed_quote",
  "record_too_long",
  "no_column",
  "column_unknown",
] as const;
export type UnreadableReason = (typeof UNREADABLE_REASONS)[number];

/** A file without one row to enrich. `line`: of the file, from 1; null: the whole of it. */
export class UploadUnreadable extends Error {
  readonly faults: readonly { reason: UnreadableReason | RowFault; line: number | null }[];

  constructor(faults: UploadUnreadable["faults"]) {
    super(faults[0]?.reason ?? "unreadable");
    this.faults = faults;
  }
}

/** More than `MAX_TASK_ROWS` rows. */
export class TooManyRows extends Error {}

/** More than `MAX_UPLOAD_BYTES` bytes. */
export class UploadTooLarge extends Error {}
