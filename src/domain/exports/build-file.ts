import { DiscoveryRefused } from "../search/errors.ts";
import { QueryTooSlow } from "./errors.ts";
import { type ExportOrder, SYNC_ROWS } from "./export.ts";
import type { ExportRow, ExportRows, FileWriter } from "./ports.ts";

/** A whole file in memory. */
export interface BuiltFile {
  bytes: Uint8Array<ArrayBuffer>;
  rows: number;
}

function joined(pieces: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

async function firstRows(source: ExportRows, order: ExportOrder): Promise<ExportRow[]> {
  try {
    return await source.page(order, { after: null, limit: SYNC_ROWS + 1 });
  } catch (error) {
    throw error instanceof QueryTooSlow ? new DiscoveryRefused("search.too_slow") : error;
  }
}

/** The same bytes as an export of this order would have. Throws `DiscoveryRefused`: more than `SYNC_ROWS`, or too slow. */
export async function buildFile(
  { rows: source, writer }: { rows: ExportRows; writer: FileWriter },
  order: ExportOrder,
): Promise<BuiltFile> {
  const rows = await firstRows(source, order);
  if (rows.length > SYNC_ROWS) throw new DiscoveryRefused("exports.too_large_for_sync");
  const begun = writer.begin(order.columns, order.options);
  const written = writer.rows(begun.state, rows);
  const ended = writer.end(written.state);
  return { bytes: joined([begun.bytes, written.bytes, ended.bytes]), rows: rows.length };
}
