import codesNaf from "@socialgouv/codes-naf/index.json" with { type: "json" };

export type NafVersion = "rev2" | "2025";

/** An activity code in its dotted form, with the nomenclature it belongs to. */
export interface Naf {
  code: string;
  version: NafVersion;
}

const SHAPE = /^(\d{2})\.?(\d{2})([A-Z])$/;
/** The two code sets are disjoint and the last letter tells them apart. */
const REV2_LETTERS = "ABCDEFZ";
const NAF_2025_LETTERS = "YGHJKL";

/** Section letter, first and last division. */
type SectionRange = readonly [section: string, first: number, last: number];

const SHARED_SECTIONS: readonly SectionRange[] = [
  ["A", 1, 3],
  ["B", 5, 9],
  ["C", 10, 33],
  ["D", 35, 35],
  ["E", 36, 39],
  ["F", 41, 43],
];

const SECTIONS: Record<NafVersion, readonly SectionRange[]> = {
  rev2: [
    ...SHARED_SECTIONS,
    ["G", 45, 47],
    ["H", 49, 53],
    ["I", 55, 56],
    ["J", 58, 63],
    ["K", 64, 66],
    ["L", 68, 68],
    ["M", 69, 75],
    ["N", 77, 82],
    ["O", 84, 84],
    ["P", 85, 85],
    ["Q", 86, 88],
    ["R", 90, 93],
    ["S", 94, 96],
    ["T", 97, 98],
    ["U", 99, 99],
  ],
  // The 2025 revision splits J in two, which moves every later letter by one.
  "2025": [
    ...SHARED_SECTIONS,
    ["G", 46, 47],
    ["H", 49, 53],
    ["I", 55, 56],
    ["J", 58, 60],
    ["K", 61, 63],
    ["L", 64, 66],
    ["M", 68, 68],
    ["N", 69, 75],
    ["O", 77, 82],
    ["P", 84, 84],
    ["Q", 85, 85],
    ["R", 86, 88],
    ["S", 90, 93],
    ["T", 94, 96],
    ["U", 97, 98],
    ["V", 99, 99],
  ],
};

const LABELS = new Map(codesNaf.map((row) => [row.id, row.label]));

/** Reads `25.62B`, `2562B` or `25.62b`; null for older nomenclatures and anything else. */
export function normaliseNaf(raw: string | null | undefined): Naf | null {
  const match = SHAPE.exec((raw ?? "").trim().toUpperCase());
  if (match === null) return null;
  const [, division = "", group = "", letter = ""] = match;
  const code = `${division}.${group}${letter}`;
  if (REV2_LETTERS.includes(letter)) return { code, version: "rev2" };
  return NAF_2025_LETTERS.includes(letter) ? { code, version: "2025" } : null;
}

/** The two digits that both nomenclatures share in meaning, nearly everywhere. */
export function nafDivision(code: string): string {
  return code.slice(0, 2);
}

/** The section letter, in the code's own nomenclature. */
export function nafSection(naf: Naf): string | null {
  const division = Number(nafDivision(naf.code));
  const range = SECTIONS[naf.version].find(([, first, last]) => division >= first && division <= last);
  return range?.[0] ?? null;
}

/** French label of a rev. 2 code of any level (`25`, `25.6`, `25.62`, `25.62B`); null when unknown. */
export function nafLabel(code: string): string | null {
  return LABELS.get(code) ?? null;
}

/** Codes from `from` on, up to but without `to`; null: `from` itself, which is a whole code. */
export interface NafRange {
  version: NafVersion;
  from: string;
  to: string | null;
}

const PREFIX = /^\d{2}(\.\d{1,2})?$/;

function nextCode(prefix: string): string {
  return prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
}

/**
 * What a code of any level stands for: `25.62B` itself, `25.62`, `25.6`, `25` and `C` all that is below. A whole code
 * belongs to its own nomenclature, others to `version`. null: no code.
 */
export function nafRange(raw: string, version: NafVersion): NafRange | null {
  const text = raw.trim().toUpperCase();
  const whole = normaliseNaf(text);
  if (whole !== null) return { version: whole.version, from: whole.code, to: null };
  const section = SECTIONS[version].find(([letter]) => letter === text);
  if (section !== undefined) {
    const [, first, last] = section;
    return { version, from: twoDigits(first), to: twoDigits(last + 1) };
  }
  return PREFIX.test(text) ? { version, from: text, to: nextCode(text) } : null;
}

/** After the last division, 99, comes what sorts after every digit. */
function twoDigits(division: number): string {
  return division > 99 ? ":" : String(division).padStart(2, "0");
}
