import { SOURCE_NAMES, type SourceName } from "../enrichment/source.ts";

/** Credits by source. */
export type Spent = Partial<Record<SourceName, number>>;

/** Euros per credit, by source; a source that is not named costs nothing. */
export type CreditPrices = Partial<Record<SourceName, number>>;

const MICROS = 1_000_000;
const MICROS_PER_CENT = 10_000;

/** Millionths of a euro that these credits cost: a whole number, so that sums are exact. */
export function costMicros(prices: CreditPrices, source: SourceName, credits: number): number {
  return credits * Math.round((prices[source] ?? 0) * MICROS);
}

export function eurosOf(micros: number): number {
  return micros / MICROS;
}

export function microsOfCents(cents: number): number {
  return cents * MICROS_PER_CENT;
}

export function totalCredits(spent: Spent): number {
  return Object.values(spent).reduce((sum, credits) => sum + credits, 0);
}

/** What was spent, in euros with four decimals, or six where it takes them: `0.0200`. */
export function totalEuros(prices: CreditPrices, spent: Spent): string {
  const micros = SOURCE_NAMES.reduce(
    (sum, source) => sum + costMicros(prices, source, spent[source] ?? 0),
    0,
  );
  return eurosOf(micros).toFixed(6).replace(/00$/, "");
}
