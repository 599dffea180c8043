import { seriesKey } from "./label-values.ts";
import type { MetricSnapshot } from "./metric-totals.ts";
import type { Metric } from "./metric-types.ts";
import { METRICS } from "./metrics.ts";

/** More of a metric are not told before there is something to count. */
const MOST_ZEROS = 100;

/** Every combination of the values; null when not all of them are known, or when they are too many. */
function combinations(metric: Metric): string[][] | null {
  let found: string[][] = [[]];
  for (const allowed of Object.values(metric.labels)) {
    if ("atMost" in allowed) return null;
    found = found.flatMap((values) => allowed.map((value) => [...values, value]));
    if (found.length > MOST_ZEROS) return null;
  }
  return found;
}

/** Series that can be told before anything happened: without a zero before it, the first event is no increase. */
function zeros(): MetricSnapshot {
  const snapshot: MetricSnapshot = { counters: [], histograms: [], gauges: [] };
  for (const [name, metric] of Object.entries<Metric>(METRICS)) {
    if (metric.type === "counter") {
      for (const values of combinations(metric) ?? []) snapshot.counters.push({ name, values, by: 0 });
    }
    if (metric.type === "histogram" && Object.keys(metric.labels).length === 0) {
      const counts = Array.from({ length: metric.buckets.length + 1 }, () => 0);
      snapshot.histograms.push({ name, values: [], counts, sum: 0 });
    }
  }
  return snapshot;
}

class Sums<Series extends { name: string; values: string[] }> {
  readonly #found = new Map<string, Series>();
  readonly #add: (to: Series, one: Series) => void;

  constructor(add: (to: Series, one: Series) => void) {
    this.#add = add;
  }

  take(one: Series): void {
    const key = seriesKey(one.name, one.values);
    const known = this.#found.get(key);
    if (known === undefined) this.#found.set(key, one);
    else this.#add(known, one);
  }

  sorted(): Series[] {
    return [...this.#found].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, series]) => series);
  }
}

function isLatest(name: string): boolean {
  const metric = (METRICS as Readonly<Record<string, Metric>>)[name];
  return metric?.type === "gauge" && metric.from === "latest";
}

/** What all shards counted together, with zeros where nothing was; changes what it is given. */
export function sumOf(snapshots: readonly MetricSnapshot[]): MetricSnapshot {
  const counters = new Sums<MetricSnapshot["counters"][number]>((to, { by }) => {
    to.by += by;
  });
  const histograms = new Sums<MetricSnapshot["histograms"][number]>((to, { counts, sum }) => {
    to.counts = to.counts.map((count, at) => count + (counts[at] ?? 0));
    to.sum += sum;
  });
  const gauges = new Sums<MetricSnapshot["gauges"][number]>((to, { name, value }) => {
    to.value = isLatest(name) ? Math.max(to.value, value) : to.value + value;
  });
  for (const snapshot of [zeros(), ...snapshots]) {
    for (const one of snapshot.counters) counters.take(one);
    for (const one of snapshot.histograms) histograms.take(one);
    for (const one of snapshot.gauges) gauges.take(one);
  }
  return { counters: counters.sorted(), histograms: histograms.sorted(), gauges: gauges.sorted() };
}
