import type { MetricDeltas } from "./metric-buffer.ts";
import type { Metric } from "./metric-types.ts";
import { METRICS } from "./metrics.ts";
import { type Sli, type Slo, SLOS } from "./slos.ts";

export interface Tally {
  good: number;
  total: number;
}
/** By the id of an objective; one without events has no tally. */
export type Tallies = Record<string, Tally>;

const REGISTER: Readonly<Record<string, Metric>> = METRICS;

/** `values` stand in the order in which the register names the labels of the metric. */
type Matches = (values: readonly string[]) => boolean;

function labelsOf(metric: string): string[] {
  return Object.keys(REGISTER[metric]?.labels ?? {});
}

function labelMatches(metric: string, label: string, pattern: string): Matches {
  const at = labelsOf(metric).indexOf(label);
  const anchored = new RegExp(`^(?:${pattern})$`);
  return (values) => anchored.test(values[at] ?? "");
}

/** Which series an objective is about, and which of those hold what was bad, or is none of its events. */
function selectorsOf(sli: Sli): { selected: Matches; marked: Matches } {
  const { metric } = sli;
  const names = labelsOf(metric);
  const wanted = Object.entries(sli.where).map(([label, value]) => [names.indexOf(label), value] as const);
  const selected: Matches = (values) => wanted.every(([at, value]) => values[at] === value);
  if (sli.by === "label") return { selected, marked: labelMatches(metric, sli.label, sli.bad) };
  const { except } = sli;
  return {
    selected,
    marked: except === null ? () => false : labelMatches(metric, except.label, except.values),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

/**
 * How many of a histogram's observations took at most `seconds`, a bucket of it. Another version of the code may report
 * other buckets, which can't be read: none.
 */
function tallyOfTimes(metric: string, seconds: number, counts: readonly number[]): Tally {
  const histogram = REGISTER[metric];
  if (histogram?.type !== "histogram" || counts.length !== histogram.buckets.length + 1)
    return { good: 0, total: 0 };
  const bounds = histogram.buckets.filter((bound) => bound <= seconds).length;
  return { good: sum(counts.slice(0, bounds)), total: sum(counts) };
}

/** Good events and all events of an objective among what was counted. */
function sliOf({ sli }: Slo): (deltas: MetricDeltas) => Tally {
  const { selected, marked } = selectorsOf(sli);
  return ({ counters, histograms }) => {
    const tally = { good: 0, total: 0 };
    if (sli.by === "label") {
      for (const { name, values, by } of counters) {
        if (name !== sli.metric || !selected(values)) continue;
        tally.total += by;
        if (!marked(values)) tally.good += by;
      }
      return tally;
    }
    for (const { name, values, counts } of histograms) {
      if (name !== sli.metric || !selected(values) || marked(values)) continue;
      const { good, total } = tallyOfTimes(name, sli.seconds, counts);
      tally.total += total;
      tally.good += good;
    }
    return tally;
  };
}

const READERS = SLOS.map((slo) => ({ id: slo.id, read: sliOf(slo) }));

/** What was counted, in terms of the objectives. */
export function talliesOf(deltas: MetricDeltas): Tallies {
  const tallies: Tallies = {};
  for (const { id, read } of READERS) {
    const tally = read(deltas);
    if (tally.total > 0) tallies[id] = tally;
  }
  return tallies;
}

/** Adds `more` to `sums`. */
export function addTallies(sums: Tallies, more: Tallies): void {
  for (const [id, { good, total }] of Object.entries(more)) {
    const known = (sums[id] ??= { good: 0, total: 0 });
    known.good += good;
    known.total += total;
  }
}
