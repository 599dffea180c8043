const MONTHS = "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre".split(
  " ",
);

const FRENCH_TEXT = /\b(\d{1,2})(?:er)?\s+([a-zéûè]+)\s+(\d{4})\b/i;
const FRENCH_DIGITS = /^(\d{2})\/(\d{2})\/(\d{4})$/;
const ISO = /^(\d{4})-(\d{2})-(\d{2})(?:$|[T ])/;
/** Outside these a "year" is a typing error. */
export function isPlausibleYear(year: number): boolean {
  return year >= 1700 && year <= 2200;
}

/** Midnight in Paris written in UTC: the day meant is the next one. */
const PARIS_MIDNIGHT = /T2[23]:00:00(?:\.0+)?Z$/;
/** What Sirene writes when it does not know. */
const UNKNOWN_DATE = "1900-01-01";

/** Lower case without accents, to compare French text. */
export function plain(text: string): string {
  return text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
}

/**
 * ISO date (`YYYY-MM-DD`) from an ISO date or instant, `18/06/2025`, or French words (`1er juin 2025`);
 * null for anything else, for impossible days and for the registers' "unknown" date.
 */
export function toIsoDate(raw: string | null | undefined): string | null {
  const text = (raw ?? "").trim();
  const iso = ISO.exec(text);
  if (iso !== null) return shiftParisMidnight(text, realDay(iso[1], iso[2], iso[3]));
  const digits = FRENCH_DIGITS.exec(text);
  if (digits !== null) return realDay(digits[3], digits[2], digits[1]);
  const words = FRENCH_TEXT.exec(text);
  if (words === null) return null;
  const month = MONTHS.indexOf(plain(words[2] ?? "")) + 1;
  return realDay(words[3], String(month), words[1]);
}

function realDay(year = "", month = "", day = ""): string | null {
  const date = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  const instant = new Date(`${date}T00:00:00Z`);
  if (date === UNKNOWN_DATE || Number.isNaN(instant.getTime()) || !isPlausibleYear(Number(year))) return null;
  return instant.toISOString().startsWith(date) ? date : null;
}

function shiftParisMidnight(text: string, date: string | null): string | null {
  if (date === null || !PARIS_MIDNIGHT.test(text)) return date;
  const next = new Date(`${date}T00:00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  return toIsoDate(next.toISOString().slice(0, 10));
}

/** The year of `1961`, `1961-03` or a full date. */
export function toYear(raw: string | null | undefined): number | null {
  const match = /^\s*([12]\d{3})(?:-|$|\s*$)/.exec(raw ?? "");
  return match === null ? null : Number(match[1]);
}

/** The latest of some ISO dates, null when none is known. */
export function latestDate(dates: readonly (string | null)[]): string | null {
  return dates.reduce(
    (latest, date) => (date !== null && (latest === null || date > latest) ? date : latest),
    null,
  );
}
