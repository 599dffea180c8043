import { CsvFault, CsvScanner, MAX_RECORD_BYTES } from "../../../lib/csv-scanner.ts";
import { MAX_UPLOAD_BYTES, type TaskRow } from "../task.ts";
import { detectLayout, type Separator } from "./detect-layout.ts";
import { UploadTooLarge, type UnreadableReason, UploadUnreadable } from "./errors.ts";
import { fileFault } from "./file-kind.ts";
import type { RowCollector } from "./row-collector.ts";

export interface FileLayout {
  encoding: "utf-8" | "windows-1252";
  /** null: the file has one column. */
  separator: Separator | null;
  /** Where the identifiers are, from 1. */
  position: number;
  /** The name of that column; null: the file has no header. */
  column: string | null;
}

/** A record that is still open after this many bytes is too long, whatever is in it. */
const HEAD_BYTES = 2 * MAX_RECORD_BYTES;
const BOM = [0xef, 0xbb, 0xbf];

function unreadable(reason: UnreadableReason, line: number | null): UploadUnreadable {
  return new UploadUnreadable([{ reason, line }]);
}

function withoutBom(head: Uint8Array): Uint8Array {
  return BOM.every((byte, index) => head[index] === byte) ? head.subarray(BOM.length) : head;
}

function joined(pieces: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** Reads a CSV that arrives in pieces into rows; keeps the beginning until it knows the layout, and nothing after. */
export class FileReader {
  readonly #collector: RowCollector;
  readonly #wanted: string | null;
  readonly #utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  #isUtf8 = true;
  #head: Uint8Array[] = [];
  #bytes = 0;
  #scanner: CsvScanner | null = null;
  #layout: Omit<FileLayout, "encoding"> | null = null;
  #skipHeader = false;

  /** `wanted`: the column that the caller named; null: to be found. */
  constructor(collector: RowCollector, wanted: string | null) {
    this.#collector = collector;
    this.#wanted = wanted;
  }

  /** null until rows came. */
  get layout(): FileLayout | null {
    return this.#layout && { encoding: this.#isUtf8 ? "utf-8" : "windows-1252", ...this.#layout };
  }

  /** Throws `UploadUnreadable`, `UploadTooLarge` and `TooManyRows`. */
  write(bytes: Uint8Array): TaskRow[] {
    this.#bytes += bytes.length;
    if (this.#bytes > MAX_UPLOAD_BYTES) throw new UploadTooLarge();
    this.#checkEncoding(bytes, true);
    if (this.#scanner !== null) return this.#scan(this.#scanner, bytes, false);
    this.#head.push(bytes.slice());
    return this.#bytes < HEAD_BYTES ? [] : this.#begin(false);
  }

  /** The rows that were held back; throws also when there is nothing to enrich. */
  end(): TaskRow[] {
    this.#checkEncoding(new Uint8Array(), false);
    const rows =
      this.#scanner === null ? this.#begin(true) : this.#scan(this.#scanner, new Uint8Array(), true);
    this.#collector.ensureWork();
    return rows;
  }

  #checkEncoding(bytes: Uint8Array, stream: boolean): void {
    if (!this.#isUtf8) return;
    try {
      this.#utf8.decode(bytes, { stream });
    } catch {
      this.#isUtf8 = false;
    }
  }

  #begin(whole: boolean): TaskRow[] {
    const head = withoutBom(joined(this.#head));
    this.#head = [];
    const fault = fileFault(head);
    if (fault !== null) throw unreadable(fault, null);
    const layout = detectLayout(head, { whole, wanted: this.#wanted });
    if (layout === null) return this.#failToBegin(head, whole);
    const { separator, width, column } = layout;
    if (column === null) {
      // A fault of the file itself explains why nothing was found.
      this.#scan(new CsvScanner({ separator, column: null }), head, whole);
      throw unreadable(this.#wanted === null ? "no_column" : "column_unknown", 1);
    }
    this.#layout = {
      separator: width === 1 ? null : separator,
      position: column.index + 1,
      column: column.name,
    };
    this.#skipHeader = column.name !== null;
    this.#scanner = new CsvScanner({ separator, column: column.index });
    return this.#scan(this.#scanner, head, whole);
  }

  /** Not one whole record: reading on says why. */
  #failToBegin(head: Uint8Array, whole: boolean): never {
    this.#scan(new CsvScanner({ separator: ";", column: null }), head, whole);
    throw unreadable("empty_file", null);
  }

  #scan(scanner: CsvScanner, bytes: Uint8Array, last: boolean): TaskRow[] {
    const nul = bytes.indexOf(0);
    const rows: TaskRow[] = [];
    try {
      this.#take(scanner.write(nul === -1 ? bytes : bytes.subarray(0, nul)), rows);
      if (nul !== -1) throw unreadable("nul_bytes", scanner.line);
      if (last) this.#take(scanner.end(), rows);
    } catch (error) {
      throw error instanceof CsvFault ? unreadable(error.reason, error.line) : error;
    }
    return rows;
  }

  #take(records: Iterable<{ line: number; cells: string[] }>, rows: TaskRow[]): void {
    for (const { line, cells } of records) {
      if (this.#layout === null) continue;
      if (this.#skipHeader) this.#skipHeader = false;
      else rows.push(this.#collector.add(line, cells[0] ?? ""));
    }
  }
}
