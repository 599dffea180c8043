import type { EngineDeps } from "./engine.ts";
import { TableBusy, TableRefused } from "./errors.ts";
import type { TableCounts } from "./export.ts";
import type { ExportRow, PushedRecord, TableTarget, WorkingExport } from "./ports.ts";

/** Companies that are done, as lines of the file. */
export interface Page {
  lines: ExportRow[];
  /** The key of the last of them; null: there was none. */
  lastKey: string | null;
  /** There are no more. */
  ended: boolean;
  counts: TableCounts | null;
  /** The rest of the page has to wait so long; null: all of it is done. */
  waitMs: number | null;
}

export type TakePage = (after: string | null, limit: number) => Promise<Page>;

/** How the pages of an export are had: read, or read and pushed to a table elsewhere. Throws `TableRefused`. */
export async function pagesOf(deps: EngineDeps, made: WorkingExport): Promise<TakePage> {
  if (made.format !== "airtable") {
    return async (after, most) => {
      const limit = Math.min(most, deps.size.pageRows);
      const lines = await deps.rows.page(made, { after, limit });
      const lastKey = lines.at(-1)?.key ?? null;
      return { lines, lastKey, ended: lines.length < limit, counts: null, waitMs: null };
    };
  }
  const target = await targetOf(deps, made);
  return async (after, most) => {
    const limit = Math.min(most, deps.size.tableRows);
    const rows = await deps.rows.page(made, { after, limit });
    const { records, waitMs } = await push(deps, { target, columns: made.columns }, rows);
    const done = rows.slice(0, records.length);
    return {
      lines: records.map((record, index) => reportLine(record, done[index]?.key ?? "")),
      lastKey: done.at(-1)?.key ?? null,
      ended: waitMs === null && rows.length < limit,
      counts: countsOf(records),
      waitMs,
    };
  };
}

async function targetOf(deps: EngineDeps, made: WorkingExport): Promise<TableTarget> {
  const { airtable } = made.options;
  const token = await deps.openSecret(made);
  if (airtable === undefined || token === null) throw new TableRefused("token_unreadable");
  return { baseId: airtable.base_id, table: airtable.table, token };
}

async function push(
  { tables }: EngineDeps,
  { target, columns }: { target: TableTarget; columns: string[] },
  rows: ExportRow[],
): Promise<{ records: PushedRecord[]; waitMs: number | null }> {
  if (rows.length === 0) return { records: [], waitMs: null };
  try {
    return { records: await tables.push(target, columns, rows), waitMs: null };
  } catch (error) {
    if (!(error instanceof TableBusy)) throw error;
    return { records: error.done, waitMs: error.retryAfterMs };
  }
}

/** Cells in the order of `REPORT_COLUMNS`. */
function reportLine({ siren, outcome, record_id, error }: PushedRecord, key: string): ExportRow {
  return { siren, key, cells: [siren, outcome, record_id, error] };
}

function countsOf(records: PushedRecord[]): TableCounts {
  const counts = { created: 0, updated: 0, refused: 0 };
  for (const { outcome } of records) counts[outcome] += 1;
  return counts;
}
