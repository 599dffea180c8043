export interface Range {
  median: number;
  low: number;
  high: number;
}

/** NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.slice(Math.ceil(sorted.length / 2) - 1, Math.floor(sorted.length / 2) + 1);
  return sum(middle) / middle.length;
}

/** Where the median lies with 95 % confidence, by the order of the values (binomial, in its normal approximation). */
export function medianInterval(values: readonly number[]): Range {
  const sorted = [...values].sort((one, other) => one - other);
  const { length } = sorted;
  const reach = (1.96 * Math.sqrt(length)) / 2;
  const at = (index: number): number => sorted[Math.min(length - 1, Math.max(0, index))] ?? Number.NaN;
  return {
    median: median(values),
    low: at(Math.floor(length / 2 - reach)),
    high: at(Math.ceil(length / 2 + reach) - 1),
  };
}

/** Nearest rank. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
}

export function rangeOf(values: readonly number[]): Range {
  return { median: median(values), low: Math.min(...values), high: Math.max(...values) };
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
