import { DurableObject } from "cloudflare:workers";
import { parseConfig } from "../config/config.ts";
import type { MetricReport } from "../observability/metric-flush.ts";
import { type MetricSnapshot, MetricTotals } from "../observability/metric-totals.ts";
import { SPAN_MS, type SloTotals } from "../observability/slo-points.ts";
import type { Tallies } from "../observability/slo-tallies.ts";
import { MetricStorage } from "./metric-storage.ts";
import { ObjectErrors } from "./object-errors.ts";
import { StoredSloPoints } from "./slo-points.ts";

/** Reports that arrive within this time, or a third of `METRICS_FLUSH_MS`, are stored together: writes are what costs. */
const MOST_COMMIT_MS = 3_000;
/** Where isolates hand over by themselves never. */
const NEVER_MS = 1_000;
const JUDGE = "slo-judge";

/** Adds up what a share of all isolates counted; named `metrics:v1:<number>`. */
export class MetricsShard extends DurableObject<Env> {
  readonly #errors: ObjectErrors;
  readonly #storage: MetricStorage;
  readonly #totals: MetricTotals;
  readonly #slos: StoredSloPoints;
  readonly #commitMs: number;
  #commit: Promise<void> | null = null;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#errors = new ObjectErrors(ctx, env);
    this.#storage = new MetricStorage(ctx.storage);
    this.#totals = new MetricTotals(this.#storage.load());
    this.#slos = new StoredSloPoints(ctx.storage);
    const { metricsFlushMs } = parseConfig(env).observability;
    this.#commitMs = Math.min(MOST_COMMIT_MS, (metricsFlushMs ?? NEVER_MS) / 3);
  }

  /** Stored when it answers: what was acknowledged is in the totals for good. */
  async add(report: MetricReport): Promise<void> {
    return this.#errors.reported("MetricsShard.add", async () => {
      const isNew = this.#totals.add(report, Date.now());
      if (isNew) this.#slos.add(report.deltas, Date.now());
      this.#commit ??= this.#commitSoon();
      await this.#commit;
    });
  }

  /** Only what is stored: a counter that was told once never goes back. */
  read(): MetricSnapshot {
    return this.#errors.reportedNow("MetricsShard.read", () => {
      this.#store();
      return this.#totals.snapshot(Date.now());
    });
  }

  /** Events of every objective, in each window that ends now. */
  sloTotals(now: number): SloTotals {
    return this.#errors.reportedNow("MetricsShard.sloTotals", () => {
      this.#store();
      return this.#slos.totals(now);
    });
  }

  /** Of the 5 minutes that began then. */
  sloSpan(at: number): Tallies {
    return this.#errors.reportedNow("MetricsShard.sloSpan", () => {
      this.#store();
      return this.#slos.span(at);
    });
  }

  /** The last span that was judged; null: none yet. */
  sloJudgedAt(): number | null {
    return this.#slos.judgedAt;
  }

  /** Counts the objectives that were not met in a span. false: that span was judged before. */
  async judgeSlos(at: number, breached: readonly string[]): Promise<boolean> {
    return this.#errors.reported("MetricsShard.judgeSlos", async () => {
      if (at <= (this.#slos.judgedAt ?? 0)) return false;
      if (breached.length > 0) {
        const counters = breached.map((slo) => ({ name: "slo_breaches_total", values: [slo], by: 1 }));
        // Numbered by the span: when the answer gets lost and it is told again, it counts once.
        await this.add({
          isolate: JUDGE,
          seq: at / SPAN_MS,
          deltas: { counters, histograms: [], gauges: [] },
        });
      }
      this.#slos.judged(at);
      return true;
    });
  }

  async #commitSoon(): Promise<void> {
    await scheduler.wait(this.#commitMs);
    this.#commit = null;
    this.#store();
  }

  #store(): void {
    // Without a wait in between: stored all or nothing.
    this.#storage.save(this.#totals.changes(Date.now()));
    this.#slos.save(Date.now());
    this.#totals.stored();
  }
}
