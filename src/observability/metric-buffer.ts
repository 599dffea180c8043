import type { Metric } from "./metric-types.ts";
import { isMetricName, keyOfLabels, LabelValues, seriesKey, valuesOfLabels } from "./label-values.ts";
import { type CountedName, type LabelsOf, METRICS, type MetricName, type NameOf } from "./metrics.ts";

/** What one isolate counted since it last handed over. Values of labels stand in the order of the register. */
export interface MetricDeltas {
  counters: { name: string; values: string[]; by: number }[];
  /** `counts`: observations by bucket, not cumulated, the infinite one last. */
  histograms: { name: string; values: string[]; counts: number[]; sum: number }[];
  /** Not a change, but how it stands. */
  gauges: { name: string; values: string[]; value: number }[];
}

type Labels = Readonly<Record<string, string>>;

function addTo(counts: number[], bounds: readonly number[], value: number): void {
  let bucket = 0;
  while (bucket < bounds.length && value > (bounds[bucket] ?? 0)) bucket += 1;
  counts[bucket] = (counts[bucket] ?? 0) + 1;
}

/** Of the histograms that have one. */
function countersOf(histograms: Iterable<MetricDeltas["histograms"][number]>): MetricDeltas["counters"] {
  return Array.from(histograms).flatMap(({ name, values, counts }) => {
    const metric: Metric | null = isMetricName(name) ? METRICS[name] : null;
    if (metric?.type !== "histogram" || metric.counter === undefined) return [];
    return [{ name: metric.counter, values, by: counts.reduce((sum, count) => sum + count, 0) }];
  });
}

/**
 * What happened in this isolate and is not handed over yet. Isolates share nothing, so that none knows the totals.
 * Memory is bounded: by the values that the register knows, and by how many unknown ones it keeps apart.
 */
export class MetricBuffer {
  #counters = new Map<string, MetricDeltas["counters"][number]>();
  #histograms = new Map<string, MetricDeltas["histograms"][number]>();
  #gauges = new Map<string, MetricDeltas["gauges"][number]>();
  #events = 0;
  readonly #labelValues = new LabelValues();
  readonly #watched: { name: NameOf<"gauge">; read: () => number }[] = [];

  /** Counted or observed since the last `drain`. */
  get events(): number {
    return this.#events;
  }

  count<Name extends CountedName>(name: Name, labels: LabelsOf<Name>, by = 1): void {
    this.#events += 1;
    const known =
      this.#counters.get(keyOfLabels(name, labels)) ??
      this.#added(this.#counters, { name, values: this.#bounded(name, labels), by: 0 });
    known.by += by;
  }

  observe<Name extends NameOf<"histogram">>(name: Name, labels: LabelsOf<Name>, value: number): void {
    this.#events += 1;
    const { buckets } = METRICS[name];
    const known =
      this.#histograms.get(keyOfLabels(name, labels)) ??
      this.#added(this.#histograms, {
        name,
        values: this.#bounded(name, labels),
        counts: Array.from({ length: buckets.length + 1 }, () => 0),
        sum: 0,
      });
    addTo(known.counts, buckets, value);
    known.sum += value;
  }

  set<Name extends NameOf<"gauge">>(name: Name, labels: LabelsOf<Name>, value: number): void {
    const known =
      this.#gauges.get(keyOfLabels(name, labels)) ??
      this.#added(this.#gauges, { name, values: this.#bounded(name, labels), value });
    known.value = value;
  }

  /** A gauge without labels, read whenever something is handed over. */
  watch(name: NameOf<"gauge">, read: () => number): void {
    this.#watched.push({ name, read });
  }

  /** All of it, which is then no longer here. */
  drain(): MetricDeltas {
    const deltas = {
      counters: [...this.#counters.values(), ...countersOf(this.#histograms.values())],
      histograms: [...this.#histograms.values()],
      gauges: [
        ...this.#gauges.values(),
        ...this.#watched.map(({ name, read }) => ({ name, values: [], value: read() })),
      ],
    };
    this.#counters = new Map();
    this.#histograms = new Map();
    this.#gauges = new Map();
    this.#events = 0;
    return deltas;
  }

  #bounded(name: MetricName, labels: Labels): string[] {
    return this.#labelValues.bounded(name, valuesOfLabels(name, labels));
  }

  /** The series as it is kept: what its labels were bounded to may be there already. */
  #added<Series extends { name: string; values: string[] }>(kept: Map<string, Series>, one: Series): Series {
    const key = seriesKey(one.name, one.values);
    const known = kept.get(key);
    if (known !== undefined) return known;
    kept.set(key, one);
    return one;
  }
}

/** Of this isolate: whatever runs in it, the Worker or a Durable Object, counts here. */
export const metrics = new MetricBuffer();
