import { CsvFault, CsvReader } from "../../../lib/csv-reader.ts";
import { type Column, findColumn } from "./find-column.ts";

export const SEPARATORS = [";", ",", "\t", "|"] as const;
export type Separator = (typeof SEPARATORS)[number];

export interface Layout {
  separator: Separator;
  /** Cells of the first record; 1: the separator is only presumed. */
  width: number;
  column: Column | null;
}

/** The first line that Excel writes and reads: `sep=;`, quoted by some. */
const DECLARATION = /^"?sep=([;,\t|])"?(?=[\r\n]|$)/i;
const DECLARATION_BYTES = 16;

/** The separator that a file names itself, and how many bytes that takes, without the line's end; null: it does not. */
export function declaredSeparator(head: Uint8Array): { separator: Separator; bytes: number } | null {
  const start = String.fromCharCode(...head.subarray(0, DECLARATION_BYTES));
  const [text = "", mark] = DECLARATION.exec(start) ?? [];
  const separator = SEPARATORS.find((one) => one === mark);
  return separator === undefined ? null : { separator, bytes: text.length };
}

const SAMPLE_RECORDS = 20;
const SAMPLE_STEP_BYTES = 4_096;

/** The first records that are whole; what is wrong further on is told when the file itself is read. */
async function sample(head: Uint8Array, separator: Separator, whole: boolean): Promise<string[][]> {
  const records: string[][] = [];
  const csv = new CsvReader({ separator, column: null }, ({ cells }) => void records.push(cells));
  try {
    for (let at = 0; at < head.length && records.length < SAMPLE_RECORDS; at += SAMPLE_STEP_BYTES) {
      await csv.write(head.subarray(at, at + SAMPLE_STEP_BYTES));
    }
    if (whole) await csv.end();
  } catch (error) {
    if (!(error instanceof CsvFault)) throw error;
  }
  return records.slice(0, SAMPLE_RECORDS);
}

interface Candidate extends Layout {
  regular: boolean;
  /** Cells that hold a quotation mark: under another separator than the file's, those around its cells are left in them. */
  quoted: number;
}

function better(one: Candidate, other: Candidate): boolean {
  const rank = (one.column?.rank ?? 0) - (other.column?.rank ?? 0);
  if (rank !== 0) return rank > 0;
  if (one.regular !== other.regular) return one.regular;
  if (one.quoted !== other.quoted) return one.quoted < other.quoted;
  return one.width > other.width;
}

/**
 * How a file is laid out, from its first bytes (`whole`: there are no more). The separator is the one of `separators`
 * under which the identifiers are found most surely; null: not one record is whole.
 */
export async function detectLayout(
  head: Uint8Array,
  { whole, wanted, separators }: { whole: boolean; wanted: string | null; separators: readonly Separator[] },
): Promise<Layout | null> {
  let best: Candidate | null = null;
  for (const separator of separators) {
    const records = await sample(head, separator, whole);
    const width = records[0]?.length ?? 0;
    if (width === 0) continue;
    const regular = width > 1 && records.every((cells) => cells.length === width);
    const quoted = records.flat().filter((cell) => cell.includes('"')).length;
    const candidate = { separator, width, column: findColumn(records, wanted), regular, quoted };
    if (best === null || better(candidate, best)) best = candidate;
  }
  return best;
}
