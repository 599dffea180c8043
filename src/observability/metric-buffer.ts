import type { Metric } from "./metric-types.ts";
import { type LabelsOf, METRICS, type MetricName, type NameOf } from "./metrics.ts";

const OTHER = "other";

/** What one isolate counted since it last handed over. Values of labels stand in the order of the register. */
export interface MetricDeltas {
  counters: { name: string; values: string[]; by: number }[];
  /** `counts`: observations by bucket, not cumulated, the infinite one last. */
  histograms: { name: string; values: string[]; counts: number[]; sum: number }[];
  /** Not a change, but how it stands. */
  gauges: { name: string; values: string[]; value: number }[];
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
  readonly #seen = new Map<string, Set<string>>();

  /** Counted or observed since the last `drain`. */
  get events(): number {
    return this.#events;
  }

  count<Name extends NameOf<"counter">>(name: Name, labels: LabelsOf<Name>, by = 1): void {
    const values = this.#valuesOf(name, labels);
    const key = keyOf(name, values);
    const known = this.#counters.get(key);
    if (known === undefined) this.#counters.set(key, { name, values, by });
    else known.by += by;
    this.#events += 1;
  }

  observe<Name extends NameOf<"histogram">>(name: Name, labels: LabelsOf<Name>, value: number): void {
    const values = this.#valuesOf(name, labels);
    const key = keyOf(name, values);
    let known = this.#histograms.get(key);
    const { buckets } = METRICS[name];
    if (known === undefined) {
      known = { name, values, counts: Array.from({ length: buckets.length + 1 }, () => 0), sum: 0 };
      this.#histograms.set(key, known);
    }
    const at = buckets.findIndex((bound) => value <= bound);
    const bucket = at === -1 ? buckets.length : at;
    known.counts[bucket] = (known.counts[bucket] ?? 0) + 1;
    known.sum += value;
    this.#events += 1;
  }

  set<Name extends NameOf<"gauge">>(name: Name, labels: LabelsOf<Name>, value: number): void {
    const values = this.#valuesOf(name, labels);
    this.#gauges.set(keyOf(name, values), { name, values, value });
  }

  /** All of it, which is then no longer here. */
  drain(): MetricDeltas {
    const deltas = {
      counters: [...this.#counters.values()],
      histograms: [...this.#histograms.values()],
      gauges: [...this.#gauges.values()],
    };
    this.#counters = new Map();
    this.#histograms = new Map();
    this.#gauges = new Map();
    this.#events = 0;
    return deltas;
  }

  #valuesOf(name: MetricName, labels: Readonly<Record<string, string>>): string[] {
    const metric: Metric = METRICS[name];
    return Object.entries(metric.labels).map(([label, allowed]) => {
      const value = labels[label] ?? OTHER;
      if ("atMost" in allowed) return this.#kept(`${name} ${label}`, value, allowed.atMost);
      return allowed.includes(value) ? value : OTHER;
    });
  }

  #kept(place: string, value: string, atMost: number): string {
    let seen = this.#seen.get(place);
    if (seen === undefined) {
      seen = new Set();
      this.#seen.set(place, seen);
    }
    if (seen.has(value)) return value;
    if (seen.size >= atMost) return OTHER;
    seen.add(value);
    return value;
  }
}

function keyOf(name: string, values: string[]): string {
  return values.length === 0 ? name : `${name}\u0000${values.join("\u0000")}`;
}

/** Of this isolate: whatever runs in it, the Worker or a Durable Object, counts here. */
export const metrics = new MetricBuffer();
