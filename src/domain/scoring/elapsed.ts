const DAY_MS = 86_400_000;
const YEAR_DAYS = 365.25;
const MONTH_DAYS = YEAR_DAYS / 12;

/** Days from an ISO date to an instant in epoch milliseconds; negative in the future, null when unreadable. */
function daysSince(date: string, at: number): number | null {
  const time = Date.parse(date);
  return Number.isNaN(time) ? null : (at - time) / DAY_MS;
}

/** Null for a date after `at`: the future is unknown. */
export function yearsSince(date: string | null, at: number): number | null {
  const days = date === null ? null : daysSince(date, at);
  return days === null || days < 0 ? null : days / YEAR_DAYS;
}

/** Null for a date after `at`: the future is unknown. */
export function monthsSince(date: string | null, at: number): number | null {
  const days = date === null ? null : daysSince(date, at);
  return days === null || days < 0 ? null : days / MONTH_DAYS;
}
