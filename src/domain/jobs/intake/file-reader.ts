import { CsvFault, CsvReader, type CsvRecord, MAX_RECORD_BYTES } from "../../../lib/csv-reader.ts";
import { MAX_UPLOAD_BYTES, type TaskRow } from "../task.ts";
import { declaredSeparator, detectLayout, type Separator, SEPARATORS } from "./detect-layout.ts";
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
  #csv: CsvReader | null = null;
  #rows: TaskRow[] = [];
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

  /** The rows that are complete by now. Throws `UploadUnreadable`, `UploadTooLarge` and `TooManyRows`. */
  async write(bytes: Uint8Array): Promise<TaskRow[]> {
    this.#bytes += bytes.length;
    if (this.#bytes > MAX_UPLOAD_BYTES) throw new UploadTooLarge();
    this.#checkEncoding(bytes, true);
    if (this.#csv !== null) await this.#feed(this.#csv, bytes, false);
    else {
      this.#head.push(bytes.slice());
      if (this.#bytes >= HEAD_BYTES) await this.#begin(false);
    }
    return this.#takeRows();
  }

  /** The rows that were held back; throws also when there is nothing to enrich. */
  async end(): Promise<TaskRow[]> {
    this.#checkEncoding(new Uint8Array(), false);
    if (this.#csv === null) await this.#begin(true);
    else await this.#feed(this.#csv, new Uint8Array(), true);
    this.#collector.ensureWork();
    return this.#takeRows();
  }

  #checkEncoding(bytes: Uint8Array, stream: boolean): void {
    if (!this.#isUtf8) return;
    try {
      this.#utf8.decode(bytes, { stream });
    } catch {
      this.#isUtf8 = false;
    }
  }

  async #begin(whole: boolean): Promise<void> {
    const text = withoutBom(joined(this.#head));
    this.#head = [];
    const fault = fileFault(text);
    if (fault !== null) throw unreadable(fault, null);
    const declared = declaredSeparator(text);
    // The end of that line stays: a blank one, which counts as a line and is no row.
    const head = declared === null ? text : text.subarray(declared.bytes);
    const separators = declared === null ? SEPARATORS : [declared.separator];
    const layout = await detectLayout(head, { whole, wanted: this.#wanted, separators });
    if (layout === null) {
      await this.#findFault(head, ";", whole);
      throw unreadable("empty_file", null);
    }
    const { separator, width, column } = layout;
    if (column === null) {
      await this.#findFault(head, separator, whole);
      const line = declared === null ? 1 : 2;
      throw unreadable(this.#wanted === null ? "no_column" : "column_unknown", line);
    }
    this.#layout = {
      separator: width === 1 ? null : separator,
      position: column.index + 1,
      column: column.name,
    };
    this.#skipHeader = column.name !== null;
    this.#csv = new CsvReader({ separator, column: column.index }, (record) => this.#addRow(record));
    await this.#feed(this.#csv, head, whole);
  }

  /** Throws the fault of the file itself, if it has one: it explains why nothing was found. */
  async #findFault(head: Uint8Array, separator: Separator, whole: boolean): Promise<void> {
    await this.#feed(new CsvReader({ separator, column: null }, () => undefined), head, whole);
  }

  async #feed(csv: CsvReader, bytes: Uint8Array, last: boolean): Promise<void> {
    const nul = bytes.indexOf(0);
    try {
      await csv.write(nul === -1 ? bytes : bytes.subarray(0, nul));
      if (nul !== -1) throw unreadable("nul_bytes", csv.line);
      if (last) await csv.end();
    } catch (error) {
      throw error instanceof CsvFault ? unreadable(error.reason, error.line) : error;
    }
  }

  #addRow({ line, cells }: CsvRecord): void {
    if (this.#skipHeader) this.#skipHeader = false;
    else this.#rows.push(this.#collector.add(line, cells[0] ?? ""));
  }

  #takeRows(): TaskRow[] {
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }
}
