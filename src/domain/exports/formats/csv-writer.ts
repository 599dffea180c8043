import { z } from "zod";
import { csvRow } from "../../../lib/csv-row.ts";
import type { FileWriter } from "../ports.ts";

const State = z.strictObject({ delimiter: z.enum([",", ";"]) });
const encoder = new TextEncoder();

/** RFC 4180 with a header. */
export const csvWriter: FileWriter = {
  contentType: "text/csv; charset=utf-8",
  extension: "csv",
  begin: (columns, { delimiter = ",", bom = false }) => ({
    bytes: encoder.encode((bom ? "\uFEFF" : "") + csvRow(columns, delimiter)),
    state: { delimiter },
  }),
  rows: (state, rows) => {
    const { delimiter } = State.parse(state);
    return { bytes: encoder.encode(rows.map(({ cells }) => csvRow(cells, delimiter)).join("")), state };
  },
  end: (state) => ({ bytes: new Uint8Array(), state }),
};
