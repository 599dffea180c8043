import type { AuditFilter } from "./audit-filter.ts";
import type { ExportFormat } from "./export-format.ts";
import type { AuditReader } from "./ports.ts";

const PAGE = 500;

export interface ExportRequest {
  filter: AuditFilter;
  format: ExportFormat;
  /** The last number of the export: later entries are not part of it. */
  last: number;
}

/** The chosen entries as text, oldest first, one page of memory at a time. */
export async function* exportEntries(reader: AuditReader, request: ExportRequest): AsyncGenerator<string> {
  const { filter, format, last } = request;
  if (format.head !== "") yield format.head;
  let after = { seq: Number.MIN_SAFE_INTEGER, id: "" };
  for (;;) {
    const page = await reader.oldest(filter, { after, last, limit: PAGE });
    const end = page.at(-1);
    if (end !== undefined) yield page.map(format.line).join("");
    if (end === undefined || page.length < PAGE) return;
    after = { seq: end.seq, id: end.id };
  }
}
