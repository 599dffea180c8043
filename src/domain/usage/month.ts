/** A calendar month in UTC, `2026-11`: budgets begin and end with it. */
export function monthOf(now: number): string {
  return new Date(now).toISOString().slice(0, 7);
}

/** First instant of the month after this one, ms. */
export function monthEnd(now: number): number {
  const date = new Date(now);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}

/** First instant of a month and of the next one, ms. */
export function monthRange(month: string): { from: number; to: number } {
  const from = Date.parse(`${month}-01T00:00:00.000Z`);
  return { from, to: monthEnd(from) };
}
