import { MAX_TASK_ROWS, type TaskRow } from "../task.ts";
import { TooManyRows, UploadUnreadable } from "./errors.ts";
import { readIdentifier, type RowFault, type RowRemark } from "./read-identifier.ts";

export interface InvalidRow {
  line: number;
  /** As in the file, 64 characters at most. */
  value: string;
  reason: RowFault;
}

/** A row to enrich whose SIREN is not quite what the file has. */
export interface MendedRow {
  line: number;
  /** As in the file, 64 characters at most. */
  value: string;
  siren: string;
  reason: RowRemark;
}

export interface RowTotals {
  rows: number;
  /** To enrich: valid, and not the repetition of an earlier one. */
  distinct: number;
  duplicates: number;
  invalid: number;
  /** The first hundred. */
  firstInvalid: InvalidRow[];
  /** Rows to enrich that something was mended in. */
  warnings: number;
  /** The first hundred of them. */
  firstMended: MendedRow[];
}

const MOST_KEPT = 100;
const MOST_FAULTS_TOLD = 10;
const INPUT_LENGTH = 64;

/** What Postgres and a terminal take: no control characters, no half ones. */
function printable(text: string): string {
  return text
    .trim()
    .slice(0, INPUT_LENGTH)
    .toWellFormed()
    .replace(/\p{Cc}/gu, "\uFFFD");
}

/** Turns identifiers into rows of a task, in their order; remembers those seen, and counts. */
export class RowCollector {
  readonly #firstLines = new Map<string, number>();
  readonly #totals: RowTotals = {
    rows: 0,
    distinct: 0,
    duplicates: 0,
    invalid: 0,
    firstInvalid: [],
    warnings: 0,
    firstMended: [],
  };

  /** Throws `TooManyRows`. */
  add(line: number, value: string): TaskRow {
    const totals = this.#totals;
    if (totals.rows === MAX_TASK_ROWS) throw new TooManyRows();
    totals.rows += 1;
    const row = { rowNo: totals.rows, line, input: printable(value) };
    const read = readIdentifier(value);
    if (!read.ok) {
      totals.invalid += 1;
      const invalid = { line, value: row.input, reason: read.fault };
      if (totals.firstInvalid.length < MOST_KEPT) totals.firstInvalid.push(invalid);
      return { ...row, siren: null, outcome: "invalid", reason: read.fault };
    }
    const { siren, remark } = read;
    const first = this.#firstLines.get(siren);
    if (first !== undefined) {
      totals.duplicates += 1;
      return { ...row, siren, outcome: "duplicate", reason: `first_at_line:${first}` };
    }
    this.#firstLines.set(siren, line);
    totals.distinct += 1;
    if (remark !== null) {
      totals.warnings += 1;
      const mended = { line, value: row.input, siren, reason: remark };
      if (totals.firstMended.length < MOST_KEPT) totals.firstMended.push(mended);
    }
    return { ...row, siren, outcome: null, reason: remark };
  }

  get sirens(): string[] {
    return [...this.#firstLines.keys()];
  }

  get totals(): RowTotals {
    return this.#totals;
  }

  /** Throws `UploadUnreadable` when there is no row to enrich: nothing to do is a mistake that its sender must see. */
  ensureWork(): void {
    const { rows, distinct, firstInvalid } = this.#totals;
    if (distinct > 0) return;
    if (rows === 0) throw new UploadUnreadable([{ reason: "no_rows", line: null }]);
    throw new UploadUnreadable(firstInvalid.slice(0, MOST_FAULTS_TOLD));
  }
}
