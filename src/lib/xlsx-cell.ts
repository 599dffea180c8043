const MARKUP: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const NEEDS_MARKUP = /[&<>"]/g;
/** Text that looks like an escape of the format has its own first character escaped. */
const LOOKS_ESCAPED = /_(?=x[0-9A-Fa-f]{4}_)/g;
/** What XML cannot hold, and CR, which its readers turn into LF. */
// oxlint-disable-next-line no-control-regex -- these are what it is about
const FORBIDDEN = /[\u0000-\u0008\u000B-\u001F\uFFFE\uFFFF]/g;
/** Any of those; most texts have none, and are found out at once. */
// oxlint-disable-next-line no-control-regex -- as above
const SPECIAL = /[&<>"_\u0000-\u001F\uD800-\uDFFF\uFFFE\uFFFF]/;
/** Characters of one cell: with more, Excel calls the file damaged. */
const LONGEST = 32_767;

const DAY_MS = 86_400_000;
/** Days from Excel's own beginning to 1970. */
const EPOCH = 25_569;
/** 1 March 1900: before, its calendar has a day that never was. */
const FIRST_DAY = 61;

/** Between two characters, not within one. */
function cutShort(text: string): string {
  const kept = text.slice(0, LONGEST - 1);
  return `${/[\uD800-\uDBFF]$/.test(kept) ? kept.slice(0, -1) : kept}…`;
}

function hex(character: string): string {
  return `_x${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}_`;
}

/** The content of a string of a sheet: nothing in it is markup or a formula. Longer than a cell holds, it is cut. */
export function xlsxText(text: string): string {
  const fitting = text.length > LONGEST ? cutShort(text) : text;
  if (!SPECIAL.test(fitting)) return fitting;
  return fitting
    .toWellFormed()
    .replace(LOOKS_ESCAPED, "_x005F_")
    .replace(FORBIDDEN, hex)
    .replace(NEEDS_MARKUP, (character) => MARKUP[character] ?? character);
}

/** Excel's number for an ISO date, or a moment as UTC; null: its calendar does not have it. */
export function excelDate(text: string): number | null {
  const ms = Date.parse(text);
  const serial = ms / DAY_MS + EPOCH;
  return serial >= FIRST_DAY ? serial : null;
}

/** 0 is `A`, 26 is `AA`. */
export function columnLetters(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : columnLetters(Math.floor(index / 26) - 1) + letter;
}
