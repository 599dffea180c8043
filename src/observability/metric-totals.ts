import type { MetricReport } from "../durable/metrics-shard.ts";
import type { MetricDeltas } from "./metric-buffer.ts";

/** Totals as one shard has them. */
export type MetricSnapshot = MetricDeltas;

/** Replaced by the metrics part. */
export class MetricTotals {
  readonly #kept: MetricSnapshot;

  constructor(kept: MetricSnapshot | null) {
    this.#kept = kept ?? { counters: [], histograms: [], gauges: [] };
  }

  add(_report: MetricReport, _now: number): void {}

  snapshot(_now: number): MetricSnapshot {
    return this.#kept;
  }
}
