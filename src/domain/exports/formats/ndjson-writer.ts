import { z } from "zod";
import type { ExportRow, FileWriter } from "../ports.ts";

const State = z.strictObject({ columns: z.array(z.string()) });
const encoder = new TextEncoder();

function line({ cells }: ExportRow, columns: string[]): string {
  return `${JSON.stringify(Object.fromEntries(columns.map((name, index) => [name, cells[index] ?? null])))}\n`;
}

/** `fixed`: the columns whatever the order names; null: those of the order. */
function writerOf(fixed: string[] | null): FileWriter {
  return {
    contentType: "application/x-ndjson",
    extension: "ndjson",
    begin: (columns) => ({ bytes: new Uint8Array(), state: { columns: fixed ?? columns } }),
    rows: (state, rows) => {
      const { columns } = State.parse(state);
      return { bytes: encoder.encode(rows.map((row) => line(row, columns)).join("")), state };
    },
    end: (state) => ({ bytes: new Uint8Array(), state }),
  };
}

/** One JSON object per line, all columns in each. */
export const ndjsonWriter: FileWriter = writerOf(null);

/** What the cells of the report are: members of `PushedRecord`. */
const REPORT_COLUMNS = ["siren", "outcome", "record_id", "error"];

/** What became of each record of a table elsewhere; its rows have the cells of `REPORT_COLUMNS`. */
export const reportWriter: FileWriter = writerOf(REPORT_COLUMNS);
