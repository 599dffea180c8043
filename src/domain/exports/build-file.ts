import { DiscoveryRefused } from "../search/errors.ts";
import { type ExportOrder, SYNC_ROWS } from "./export.ts";
import type { ExportRows, FileWriter } from "./ports.ts";

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

/** The same bytes as an export of this order would have. Throws `DiscoveryRefused` for more than `SYNC_ROWS` companies. */
export async function buildFile(
  { rows: source, writer }: { rows: ExportRows; writer: FileWriter },
  order: ExportOrder,
): Promise<BuiltFile> {
  const rows = await source.page(order, { after: null, limit: SYNC_ROWS + 1 });
  if (rows.length > SYNC_ROWS) throw new DiscoveryRefused("exports.too_large_for_sync");
  const begun = writer.begin(order.columns, order.options);
  const written = writer.rows(begun.state, rows);
  const ended = writer.end(written.state);
  return { bytes: joined([begun.bytes, written.bytes, ended.bytes]), rows: rows.length };
}
