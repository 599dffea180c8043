import { DurableObject } from "cloudflare:workers";
import { MetricTotals, type MetricSnapshot } from "../observability/metric-totals.ts";
import type { MetricDeltas } from "../observability/metric-buffer.ts";

/** One hand-over of an isolate. Sent again until it is acknowledged, under the same number. */
export interface MetricReport {
  isolate: string;
  seq: number;
  deltas: MetricDeltas;
}

const TOTALS = "totals";

/** Adds up what a share of all isolates counted; named `metrics:v1:<number>`. */
export class MetricsShard extends DurableObject<Env> {
  readonly #totals: MetricTotals;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#totals = new MetricTotals(ctx.storage.kv.get<MetricSnapshot>(TOTALS) ?? null);
  }

  /** Stored when it answers: what was acknowledged is in the totals for good. */
  add(report: MetricReport): void {
    this.#totals.add(report, Date.now());
    this.ctx.storage.kv.put(TOTALS, this.#totals.snapshot(Date.now()));
  }

  read(): MetricSnapshot {
    return this.#totals.snapshot(Date.now());
  }
}
