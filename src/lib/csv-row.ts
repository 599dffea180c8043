/** What a spreadsheet may take for the beginning of a formula, full-width forms too. */
const FORMULA_STARTS = "=+\\-@\\t\\r\\n\\u0000\\uFF1D\\uFF0B\\uFF0D\\uFF20";
/** Apostrophes that are there already count: else nobody could tell them from the one that is put before. */
const DANGEROUS = new RegExp(`^'*[${FORMULA_STARTS}]`);
/** Readers differ on blanks at the ends of bare fields. */
const QUOTED = /[",;\r\n]|^\s|\s$/;

function cell(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const dangerous = DANGEROUS.test(value);
  if (!dangerous && !QUOTED.test(value)) return value;
  return `"${dangerous ? "'" : ""}${value.replaceAll('"', '""')}"`;
}

/**
 * One line of RFC 4180; text that a spreadsheet would run as a formula is disarmed with an apostrophe. To read it back:
 * take away one of the apostrophes that stand before the beginning of a formula.
 */
export function csvRow(values: readonly (string | number | null)[], delimiter: "," | ";" = ","): string {
  return `${values.map(cell).join(delimiter)}\r\n`;
}
