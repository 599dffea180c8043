import type { TaskRow } from "../task.ts";
import { FileReader, type FileLayout } from "./file-reader.ts";
import { RowCollector, type RowTotals } from "./row-collector.ts";

/** What is worked on at once, however large the pieces are that arrive. */
const PIECE_BYTES = 65_536;
const PIECE_ROWS = 1_000;

/** Rows as they are read, to be taken once; what is told of them holds when they have all been taken. */
export interface Intake {
  /** Throws `UploadUnreadable`, `UploadTooLarge` and `TooManyRows`, and what the stream throws. */
  rows: AsyncIterable<TaskRow[]>;
  totals: () => RowTotals;
  /** Those to enrich. */
  sirens: () => string[];
  /** null: not a file. */
  layout: () => FileLayout | null;
}

async function* rowsOfFile(chunks: AsyncIterable<Uint8Array>, reader: FileReader): AsyncGenerator<TaskRow[]> {
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
      yield await reader.write(chunk.subarray(at, at + PIECE_BYTES));
    }
  }
  yield await reader.end();
}

/** A CSV, of which no more than a piece is held. `column`: the one that the caller named. */
export function fileIntake(chunks: AsyncIterable<Uint8Array>, column: string | null): Intake {
  const collector = new RowCollector();
  const reader = new FileReader(collector, column);
  return {
    rows: rowsOfFile(chunks, reader),
    totals: () => collector.totals,
    sirens: () => collector.sirens,
    layout: () => reader.layout,
  };
}

async function* rowsOfList(values: string[], collector: RowCollector): AsyncGenerator<TaskRow[]> {
  for (let at = 0; at < values.length; at += PIECE_ROWS) {
    yield values.slice(at, at + PIECE_ROWS).map((value, index) => collector.add(at + index + 1, value));
  }
  collector.ensureWork();
}

/** Identifiers in a list: the place of each, from 1, is its line. */
export function listIntake(values: string[]): Intake {
  const collector = new RowCollector();
  return {
    rows: rowsOfList(values, collector),
    totals: () => collector.totals,
    sirens: () => collector.sirens,
    layout: () => null,
  };
}
