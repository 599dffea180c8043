import { readIdentifier } from "./read-identifier.ts";

export interface Column {
  index: number;
  /** As the header has it; null: there is no header. */
  name: string | null;
  /** How sure: 4 `siren`, 3 a name with it, 2 `siret`, 1 by its values. */
  rank: number;
}

/** Lower case, no accents, everything but letters and digits a space: `N° SIREN` is `n siren`. */
export function foldName(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

const MOST_WORDS = 6;

/** A SIREN wins over a SIRET; a cell with an unquoted separator in it is several names, cut wrongly. */
function rankOf(header: string): number {
  if (/[;,\t|]/.test(header)) return 0;
  const words = foldName(header)
    .replace(/([a-z])(?=siren|siret)/g, "$1 ")
    .split(" ");
  if (words.length > MOST_WORDS) return 0;
  if (words.length === 1 && words[0] === "siren") return 4;
  if (words.includes("siren")) return 3;
  return words.includes("siret") ? 2 : 0;
}

/** Whether a cell is meant as an identifier, good or bad: then it is no header. */
function isMeantAsNumber(cell: string): boolean {
  const read = readIdentifier(cell);
  return read.ok || read.fault !== "not_a_siren" || /^[\d\s.,-]+$/.test(cell);
}

/** The column most of whose values are identifiers, if at least half of them are. */
function byValues(records: string[][]): Column | null {
  const width = Math.max(...records.map((cells) => cells.length));
  let best: { index: number; good: number } | null = null;
  for (let index = 0; index < width; index++) {
    const values = records.map((cells) => cells[index] ?? "").filter((cell) => cell.trim() !== "");
    const good = values.filter((cell) => readIdentifier(cell).ok).length;
    const [first = ""] = values;
    const counted = values.length - (isMeantAsNumber(first) ? 0 : 1);
    if (good > 0 && good * 2 >= counted && good > (best?.good ?? 0)) best = { index, good };
  }
  if (best === null) return null;
  const header = records[0]?.[best.index] ?? "";
  return { index: best.index, name: isMeantAsNumber(header) ? null : header.trim(), rank: 1 };
}

function byName(header: string[], wanted: string): Column | null {
  const folded = foldName(wanted);
  const exact = header.findIndex((cell) => cell.trim() === wanted.trim());
  const index = exact === -1 ? header.findIndex((cell) => foldName(cell) === folded) : exact;
  const name = header[index];
  return name === undefined ? null : { index, name: name.trim(), rank: 4 };
}

/** `2`: the second column, of a file without header above all. */
function byPosition(records: string[][], wanted: string): Column | null {
  if (!/^[1-9]\d{0,3}$/.test(wanted)) return null;
  const index = Number(wanted) - 1;
  const [header = []] = records;
  if (!records.some((cells) => index < cells.length)) return null;
  const cell = header[index] ?? "";
  return { index, name: isMeantAsNumber(cell) ? null : cell.trim(), rank: 4 };
}

/**
 * Where the first records of a file have their identifiers. `wanted`: the name or the position that the caller gave;
 * null: to be found by the header's names, else by the values.
 */
export function findColumn(records: string[][], wanted: string | null): Column | null {
  const [header = []] = records;
  if (wanted !== null) return byName(header, wanted) ?? byPosition(records, wanted);
  const ranks = header.map(rankOf);
  const rank = Math.max(0, ...ranks);
  if (rank === 0) return records.length === 0 ? null : byValues(records);
  const index = ranks.indexOf(rank);
  return { index, name: header[index]?.trim() ?? null, rank };
}
