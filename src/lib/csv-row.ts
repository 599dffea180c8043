/** What a spreadsheet may take for the beginning of a formula, full-width forms too. */
const FORMULA_STARTS = "=+-@\t\r\n\u0000\uFF1D\uFF0B\uFF0D\uFF20";
const QUOTED = /[",;\r\n]/;

function cell(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const dangerous = value !== "" && FORMULA_STARTS.includes(value.charAt(0));
  const text = (dangerous ? `'${value}` : value).replaceAll('"', '""');
  return dangerous || QUOTED.test(value) ? `"${text}"` : text;
}

/** One line of RFC 4180; text that a spreadsheet would run as a formula is disarmed with an apostrophe. */
export function csvRow(values: readonly (string | number | null)[], delimiter: "," | ";" = ","): string {
  return `${values.map(cell).join(delimiter)}\r\n`;
}
