import { isMetricName, LabelValues, seriesKey, withoutOpenLabels } from "./label-values.ts";
import type { MetricDeltas } from "./metric-buffer.ts";
import type { MetricReport } from "./metric-flush.ts";
import type { Metric } from "./metric-types.ts";
import { METRICS, type MetricName } from "./metrics.ts";

/** Totals as one shard has them. */
export type MetricSnapshot = MetricDeltas;

/** `numbers`: a counter's total; a histogram's counts and, last, their sum; a gauge's value. `at`: last changed. */
interface Series {
  values: string[];
  numbers: number[];
  at: number;
}

/** All series of a metric. What was stored under another shape can't be added to. */
export interface StoredMetric {
  name: string;
  shape: string;
  series: Series[];
}

/** The last hand-over of an isolate that counts. */
export interface StoredIsolate {
  isolate: string;
  seq: number;
  at: number;
}

export interface TotalsChanges {
  metrics: StoredMetric[];
  isolates: StoredIsolate[];
  forgotten: string[];
}

const REMEMBERED_MS = 24 * 3_600_000;
const MOST_ISOLATES = 10_000;
/** Nobody who is silent for longer counts as being there. */
const PRESENT_MS = 60_000;
/** Of one metric. */
const MOST_SERIES = 3_000;
/** Once there is no room for others: statements and routes of older versions, above all. */
const UNCHANGED_MS = 14 * 86_400_000;
/** A metric that is full is not searched again before. */
const SEARCHED_MS = 3_600_000;

function shapeOf(name: MetricName): string {
  const metric: Metric = METRICS[name];
  return JSON.stringify([metric.type, Object.keys(metric.labels), "buckets" in metric ? metric.buckets : []]);
}

function lengthOf(name: MetricName): number {
  const metric: Metric = METRICS[name];
  return "buckets" in metric ? metric.buckets.length + 2 : 1;
}

function plus(one: readonly number[], other: readonly number[]): number[] {
  return one.map((value, at) => value + (other[at] ?? 0));
}

/** false: a label whose values the register does not know is told as `other`. */
function isWhole(name: MetricName, said: readonly string[], kept: readonly string[]): boolean {
  return Object.values<Metric["labels"][string]>(METRICS[name].labels).every(
    (allowed, at) => !("atMost" in allowed) || said[at] === kept[at],
  );
}

/**
 * Adds up what isolates report, each report once. Other versions of the code may report too: what the register of this
 * one does not know is left out.
 */
export class MetricTotals {
  readonly #series = new Map<string, Map<string, Series>>();
  readonly #isolates = new Map<string, StoredIsolate>();
  readonly #present = new Map<string, { at: number; gauges: MetricDeltas["gauges"] }>();
  readonly #labelValues = new LabelValues();
  readonly #searched = new Map<MetricName, number>();
  readonly #changed = new Set<string>();
  readonly #heard = new Set<string>();

  constructor(stored: { metrics: readonly StoredMetric[]; isolates: readonly StoredIsolate[] }) {
    for (const { name, shape, series } of stored.metrics) {
      if (!isMetricName(name) || shape !== shapeOf(name)) continue;
      for (const one of series) this.#take(name, one);
    }
    for (const one of stored.isolates) this.#isolates.set(one.isolate, one);
    this.stored();
  }

  /** A report that was taken before changes nothing: false. */
  add({ isolate, seq, deltas }: MetricReport, now: number): boolean {
    if (seq <= (this.#isolates.get(isolate)?.seq ?? 0)) return false;
    this.#isolates.delete(isolate);
    this.#isolates.set(isolate, { isolate, seq, at: now });
    this.#heard.add(isolate);
    for (const { name, values, by } of deltas.counters) this.#take(name, { values, numbers: [by], at: now });
    for (const { name, values, counts, sum } of deltas.histograms)
      this.#take(name, { values, numbers: [...counts, sum], at: now });
    const present: MetricDeltas["gauges"] = [];
    for (const gauge of deltas.gauges) {
      const metric: Metric | null = isMetricName(gauge.name) ? METRICS[gauge.name] : null;
      if (metric?.type !== "gauge") continue;
      if (metric.from === "latest")
        this.#take(gauge.name, { values: gauge.values, numbers: [gauge.value], at: now });
      else present.push(gauge);
    }
    this.#present.set(isolate, { at: now, gauges: present });
    return true;
  }

  /** What is not stored yet. Stays so until `stored` is called. */
  changes(now: number): TotalsChanges {
    const metrics = [...this.#changed].filter(isMetricName).map((name) => ({
      name,
      shape: shapeOf(name),
      series: [...(this.#series.get(name)?.values() ?? [])],
    }));
    const forgotten = this.#forgettable(now);
    for (const isolate of forgotten) {
      this.#isolates.delete(isolate);
      this.#heard.delete(isolate);
      this.#present.delete(isolate);
    }
    const isolates = [...this.#heard].flatMap((isolate) => this.#isolates.get(isolate) ?? []);
    return { metrics, isolates, forgotten };
  }

  stored(): void {
    this.#changed.clear();
    this.#heard.clear();
  }

  snapshot(now: number): MetricSnapshot {
    const snapshot: MetricSnapshot = { counters: [], histograms: [], gauges: [] };
    for (const [name, series] of this.#series) {
      const { type } = METRICS[name as MetricName]; // only what the register knows gets in
      for (const { values, numbers } of series.values()) {
        const last = numbers.at(-1) ?? 0;
        if (type === "counter") snapshot.counters.push({ name, values, by: last });
        else if (type === "gauge") snapshot.gauges.push({ name, values, value: last });
        else snapshot.histograms.push({ name, values, counts: numbers.slice(0, -1), sum: last });
      }
    }
    for (const [isolate, { at, gauges }] of this.#present) {
      if (at < now - PRESENT_MS) this.#present.delete(isolate);
      else snapshot.gauges.push(...gauges);
    }
    return snapshot;
  }

  #take(name: string, { values, numbers, at }: Series): void {
    if (!isMetricName(name) || numbers.length !== lengthOf(name)) return;
    if (values.length !== Object.keys(METRICS[name].labels).length) return;
    const series = this.#seriesOf(name, values, at);
    series.at = Math.max(series.at, at);
    const latest = METRICS[name].type === "gauge";
    series.numbers = latest
      ? [Math.max(series.numbers[0] ?? 0, numbers[0] ?? 0)]
      : plus(numbers, series.numbers);
    this.#changed.add(name);
  }

  #seriesOf(name: MetricName, values: readonly string[], now: number): Series {
    let series = this.#series.get(name);
    if (series === undefined) {
      series = new Map();
      this.#series.set(name, series);
    }
    let kept = this.#kept(name, values, series);
    if (!isWhole(name, values, kept) && this.#makeRoom(name, series, now))
      kept = this.#kept(name, values, series);
    const key = seriesKey(name, kept);
    const known = series.get(key) ?? { values: kept, numbers: [], at: 0 };
    series.set(key, known);
    return known;
  }

  /** Under which values of its labels a series is counted. */
  #kept(name: MetricName, values: readonly string[], series: ReadonlyMap<string, Series>): string[] {
    const bounded = this.#labelValues.bounded(name, values);
    return series.has(seriesKey(name, bounded)) || series.size < MOST_SERIES
      ? bounded
      : withoutOpenLabels(name, bounded);
  }

  /** Drops what did not change for long. To Prometheus it ends there; should it come back, it starts from 0. */
  #makeRoom(name: MetricName, series: Map<string, Series>, now: number): boolean {
    if (now < (this.#searched.get(name) ?? 0) + SEARCHED_MS) return false;
    this.#searched.set(name, now);
    const old = [...series].filter(([, { at }]) => at < now - UNCHANGED_MS);
    for (const [key] of old) series.delete(key);
    if (old.length > 0) this.#labelValues.forget(name);
    for (const { values } of series.values()) this.#labelValues.bounded(name, values);
    return old.length > 0;
  }

  /** Oldest first, as they are kept. */
  #forgettable(now: number): string[] {
    const excess = this.#isolates.size - MOST_ISOLATES;
    return [...this.#isolates.values()]
      .filter(({ at }, place) => place < excess || at < now - REMEMBERED_MS)
      .map(({ isolate }) => isolate);
  }
}
