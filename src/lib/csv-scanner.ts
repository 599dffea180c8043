/** A file that can't be cut into records. `line`: from 1, where the fault begins. */
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

const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;

/** Where in a cell the next byte is. */
const PLACE = { start: 0, bare: 1, quoted: 2, afterQuote: 3 } as const;
type Place = (typeof PLACE)[keyof typeof PLACE];

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const windows1252 = new TextDecoder("windows-1252");

/** UTF-8 where it is that, Windows-1252 otherwise: each cell for itself, so that no cut of the stream matters. */
export function decodeCell(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return windows1252.decode(bytes);
  }
}

/**
 * Cuts a CSV that arrives in pieces into records: RFC 4180, with any line ending, quotes within bare cells taken as
 * they are, and records without any text skipped. Works on bytes: what it cuts at is ASCII in every encoding read here.
 */
export class CsvScanner {
  readonly #separator: number;
  readonly #column: number | null;
  readonly #cell = new Uint8Array(MAX_RECORD_BYTES);
  #cellLength = 0;
  #cells: string[] = [];
  #index = 0;
  #place: Place = PLACE.start;
  #line = 1;
  #recordLine = 1;
  #quoteLine = 1;
  #recordBytes = 0;
  #blank = true;
  #afterCr = false;

  constructor({ separator, column }: CsvOptions) {
    this.#separator = separator.charCodeAt(0);
    this.#column = column;
  }

  /** The line that the next byte is on. */
  get line(): number {
    return this.#line;
  }

  /** The records that these bytes complete. Throws `CsvFault`. */
  *write(bytes: Uint8Array): Generator<CsvRecord, void> {
    for (const byte of bytes) {
      if (byte === LF && this.#afterCr) {
        this.#afterCr = false;
        if (this.#place === PLACE.quoted) this.#keep(byte);
        continue;
      }
      this.#afterCr = byte === CR;
      const ends = byte === CR || byte === LF;
      if (ends) this.#line += 1;
      if (ends && this.#place !== PLACE.quoted) {
        const record = this.#endRecord();
        if (record !== null) yield record;
      } else this.#take(byte);
    }
  }

  /** The record that no line ending follows. Throws `CsvFault`. */
  *end(): Generator<CsvRecord, void> {
    if (this.#place === PLACE.quoted) throw new CsvFault("unclosed_quote", this.#quoteLine);
    const record = this.#endRecord();
    if (record !== null) yield record;
  }

  #take(byte: number): void {
    this.#recordBytes += 1;
    if (this.#recordBytes > MAX_RECORD_BYTES) {
      throw this.#place === PLACE.quoted
        ? new CsvFault("unclosed_quote", this.#quoteLine)
        : new CsvFault("record_too_long", this.#recordLine);
    }
    if (this.#place === PLACE.quoted) {
      if (byte === QUOTE) this.#place = PLACE.afterQuote;
      else this.#keep(byte);
    } else if (byte === this.#separator) {
      this.#endCell();
    } else if (byte === QUOTE && this.#place === PLACE.start) {
      this.#place = PLACE.quoted;
      this.#quoteLine = this.#line;
    } else if (byte === QUOTE && this.#place === PLACE.afterQuote) {
      this.#place = PLACE.quoted;
      this.#keep(byte);
    } else {
      this.#place = PLACE.bare;
      this.#keep(byte);
    }
  }

  #keep(byte: number): void {
    if (byte !== SPACE && byte !== TAB) this.#blank = false;
    if (this.#column !== null && this.#column !== this.#index) return;
    this.#cell[this.#cellLength] = byte;
    this.#cellLength += 1;
  }

  #endCell(): void {
    if (this.#column === null || this.#column === this.#index) {
      this.#cells.push(decodeCell(this.#cell.subarray(0, this.#cellLength)));
      this.#cellLength = 0;
    }
    this.#index += 1;
    this.#place = PLACE.start;
  }

  #endRecord(): CsvRecord | null {
    this.#endCell();
    const record = this.#blank ? null : { line: this.#recordLine, cells: this.#cells };
    if (this.#column !== null && this.#cells.length === 0) this.#cells.push("");
    this.#cells = [];
    this.#index = 0;
    this.#recordBytes = 0;
    this.#blank = true;
    this.#recordLine = this.#line;
    return record;
  }
}
