import { CsvError, parse, type Parser } from "csv-parse";

/** A file that can't be cut into records. `line`: from 1, where the record begins that can't be read. */
export class CsvFault extends Error {
  readonly reason: "unclosed_quote" | "record_too_long";
  readonly line: number;

  constructor(reason: CsvFault["reason"], line: number) {
    super(reason);
    this.reason = reason;
    this.line = line;
  }
}

export interface CsvRecord {
  /** Where it begins; 1 is the first line. */
  line: number;
  /** One cell, or all. A record that is too short has the cell as "". */
  cells: string[];
}

export interface CsvOptions {
  /** One ASCII character. */
  separator: string;
  /** The index of the one cell to keep; null: all. */
  column: number | null;
}

/** Far more than a row of a spreadsheet takes; what a quote that is never closed may swallow. */
export const MAX_RECORD_BYTES = 65_536;

/** More than csv-parse holds back to tell what the bytes before are. */
const LOOKAHEAD_BYTES = 16;
const LF = 0x0a;
const CR = 0x0d;
const CRLF_BYTES = 2;

/** The same in every encoding that is read here. */
const ASCII = /^[ -~]*$/;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const windows1252 = new TextDecoder("windows-1252");

/** UTF-8 where it is that, Windows-1252 otherwise: each cell for itself, so that no cut of the stream matters. */
function decodeCell(latin1: string): string {
  if (ASCII.test(latin1)) return latin1;
  const bytes = Uint8Array.from(latin1, (byte) => byte.charCodeAt(0));
  try {
    return utf8.decode(bytes);
  } catch {
    return windows1252.decode(bytes);
  }
}

/**
 * Cuts a CSV that arrives in pieces into records with csv-parse: any line ending, stray quotes taken as text, records
 * without any text skipped. What csv-parse does not tell is added: lines as an editor counts them.
 */
export class CsvReader {
  readonly #parser: Parser;
  readonly #column: number | null;
  readonly #onRecord: (record: CsvRecord) => void;
  #bytes = 0;
  /** The byte and the line that the record under way begins at. */
  #start = 0;
  #line = 1;
  /** Where the line endings are that were written; those of records that have ended are `#passed`. */
  #endings: number[] = [];
  #passed = 0;
  #lastByte = 0;

  /** What `onRecord` throws is thrown by the `write` or `end` that it happens in. */
  constructor({ separator, column }: CsvOptions, onRecord: (record: CsvRecord) => void) {
    this.#column = column;
    this.#onRecord = onRecord;
    this.#parser = parse({
      delimiter: separator,
      record_delimiter: ["\r\n", "\n", "\r"],
      // One character a byte: the encoding is found cell by cell.
      encoding: "latin1",
      relax_quotes: true,
      relax_column_count: true,
      // Nothing is queued in the stream: a write ends when its records have been taken.
      on_record: (cells: string[], { bytes }) => this.#take(cells, bytes),
    });
    // Told by the write or end that it happened in; a stream that nobody listens to would throw it once more.
    this.#parser.on("error", () => undefined);
  }

  /** The line that the next byte is on. */
  get line(): number {
    return this.#line + this.#endings.length - this.#passed;
  }

  /** Resolves when the records that these bytes complete have been taken. Throws `CsvFault`. */
  async write(bytes: Uint8Array): Promise<void> {
    this.#noteEndings(bytes);
    await this.#settle((settled) => this.#parser.write(bytes, settled));
    this.#checkLength(this.#bytes - LOOKAHEAD_BYTES);
  }

  /** Also takes the record that no line ending follows. Throws `CsvFault`. */
  async end(): Promise<void> {
    await this.#settle((settled) => this.#parser.end(settled));
  }

  async #settle(start: (settled: (error?: Error | null) => void) => void): Promise<void> {
    const error = await new Promise<Error | null>((resolve) => {
      start((error) => resolve(error ?? null));
    });
    if (error instanceof CsvError && error.code === "CSV_QUOTE_NOT_CLOSED") {
      throw new CsvFault("unclosed_quote", this.#line);
    }
    if (error !== null) throw error;
  }

  #noteEndings(bytes: Uint8Array): void {
    if (this.#passed > 0) this.#endings.splice(0, this.#passed);
    this.#passed = 0;
    let before = this.#lastByte;
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at] ?? 0;
      if (byte === CR || (byte === LF && before !== CR)) this.#endings.push(this.#bytes + at);
      before = byte;
    }
    this.#lastByte = before;
    this.#bytes += bytes.length;
  }

  #take(cells: string[], end: number): null {
    this.#checkLength(end);
    const line = this.#line;
    while ((this.#endings[this.#passed] ?? end) < end) {
      this.#passed += 1;
      this.#line += 1;
    }
    this.#start = end;
    // csv-parse makes an error, with its stack, of each record that is not as long as the first, tolerated or not:
    // a minute for a few megabytes of blank lines. So each is the first.
    Object.assign(this.#parser.info, { records: 0 });
    if (cells.every((cell) => !/[^ \t]/.test(cell))) return null;
    const kept = this.#column === null ? cells : [cells[this.#column] ?? ""];
    this.#onRecord({ line, cells: kept.map(decodeCell) });
    return null;
  }

  /** `end`: of the record under way, or what is surely in it. A line ending before it is within quotes. */
  #checkLength(end: number): void {
    if (end - this.#start <= MAX_RECORD_BYTES) return;
    const quoted = (this.#endings[this.#passed] ?? end) < this.#start + MAX_RECORD_BYTES - CRLF_BYTES;
    throw new CsvFault(quoted ? "unclosed_quote" : "record_too_long", this.#line);
  }
}
