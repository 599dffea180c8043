import type { ExportFormat } from "../export.ts";
import type { FileWriter } from "../ports.ts";
import { csvWriter } from "./csv-writer.ts";
import { ndjsonWriter, reportWriter } from "./ndjson-writer.ts";
import { sqlWriter } from "./sql-writer.ts";
import { xlsxWriter } from "./xlsx-writer.ts";

/** How the file of each format is written. */
export const FILE_WRITERS: Record<ExportFormat, FileWriter> = {
  csv: csvWriter,
  ndjson: ndjsonWriter,
  xlsx: xlsxWriter,
  sql: sqlWriter,
  airtable: reportWriter,
};
