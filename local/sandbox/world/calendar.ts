/** "Today" of the sandbox: its answers never drift with the wall clock. */
export const REFERENCE_DATE = "2026-11-20";

const DAY_MS = 86_400_000;

export function addDays(isoDate: string, days: number): string {
  return new Date(Date.parse(isoDate) + days * DAY_MS).toISOString().slice(0, 10);
}

export function isoDate(year: number, month: number, day: number): string {
  return `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}

export function yearOf(date: string): number {
  return Number(date.slice(0, 4));
}

/** "2024-12-31" → "31/12/2024" */
export function frenchDate(date: string): string {
  const [year, month, day] = date.split("-");
  return [day, month, year].filter(Boolean).join("/");
}

const MONTHS = [
  "janvier",
  "février",
  "mars",
  "avril",
  "mai",
  "juin",
  "juillet",
  "août",
  "septembre",
  "octobre",
  "novembre",
  "décembre",
] as const;

/** "2025-06-01" → "1er juin 2025" */
export function frenchLongDate(date: string): string {
  const day = Number(date.slice(8, 10));
  const month = MONTHS[Number(date.slice(5, 7)) - 1] ?? "";
  return `${day === 1 ? "1er" : day} ${month} ${date.slice(0, 4)}`;
}

/** The same day, years away: "2024-12-31" and 1 → "2025-12-31". Closing days are never a 29 February. */
export function addYears(date: string, years: number): string {
  return `${yearOf(date) + years}${date.slice(4)}`;
}

export function dayOfYear(date: string): number {
  return Math.round((Date.parse(date) - Date.parse(`${date.slice(0, 4)}-01-01`)) / DAY_MS) + 1;
}

/** Whole years at the reference date. */
export function ageOf(birthDate: string): number {
  const years = yearOf(REFERENCE_DATE) - yearOf(birthDate);
  return birthDate.slice(5) > REFERENCE_DATE.slice(5) ? years - 1 : years;
}
