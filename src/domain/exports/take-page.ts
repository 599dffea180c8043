import type { EngineDeps } from "./engine.ts";
import { QueryTooSlow, TableBusy, TableRefused } from "./errors.ts";
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
  /** The one error with which all of it was refused; null: it was not, or there was nothing. */
  refusal: string | null;
  /** The rest of the page has to wait so long; null: all of it is done. */
  waitMs: number | null;
}

export type TakePage = (after: string | null, limit: number) => Promise<Page>;

/** What Postgres may manage where a whole page was too much. */
const SMALL_PAGE_ROWS = 500;

/** How the pages of an export are had: read, or read and pushed to a table elsewhere. Throws `TableRefused`, `QueryTooSlow`. */
export async function pagesOf(deps: EngineDeps, made: WorkingExport): Promise<TakePage> {
  if (made.format !== "airtable") {
    let pageRows = deps.size.pageRows;
    const read = async (after: string | null, most: number): Promise<Page> => {
      const limit = Math.min(most, pageRows);
      const lines = await deps.rows.page(made, { after, limit });
      const lastKey = lines.at(-1)?.key ?? null;
      return { lines, lastKey, ended: lines.length < limit, counts: null, refusal: null, waitMs: null };
    };
    return async (after, most) => {
      try {
        return await read(after, most);
      } catch (error) {
        if (!(error instanceof QueryTooSlow) || pageRows <= SMALL_PAGE_ROWS) throw error;
        pageRows = SMALL_PAGE_ROWS;
        return read(after, most);
      }
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
      refusal: refusalOf(records),
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

function refusalOf(records: PushedRecord[]): string | null {
  const error = records[0]?.error ?? null;
  return records.every((one) => one.error === error) ? error : null;
}
