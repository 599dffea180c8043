import { z } from "zod";
import type { MetricDeltas } from "../observability/metric-buffer.ts";
import { SloPoints, type SloTotals } from "../observability/slo-points.ts";
import { type Tallies, talliesOf } from "../observability/slo-tallies.ts";

const Row = z.object({ at: z.number(), tallies: z.string() });
const StoredTallies = z.record(z.string(), z.object({ good: z.number(), total: z.number() }));
const JUDGED = "slo-judged";
const SAVE = `insert into slo_points (at, tallies) values (?, ?)
  on conflict do update set tallies = excluded.tallies`;

/** What a shard counted for the objectives: one row a span, written with the counts that it is made of. */
export class StoredSloPoints {
  readonly #storage: DurableObjectStorage;
  readonly #points: SloPoints;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    const { sql } = storage;
    sql.exec("create table if not exists slo_points (at integer primary key, tallies text not null)");
    const rows = sql.exec("select at, tallies from slo_points").toArray();
    this.#points = new SloPoints(
      rows.map((row) => {
        const { at, tallies } = Row.parse(row);
        return [at, StoredTallies.parse(JSON.parse(tallies))] as const;
      }),
    );
  }

  add(deltas: MetricDeltas, now: number): void {
    this.#points.add(talliesOf(deltas), now);
  }

  /** To be called along with what stores the counts. */
  save(now: number): void {
    const { sql } = this.#storage;
    this.#storage.transactionSync(() => {
      for (const { at, tallies } of this.#points.changes(now)) {
        if (tallies === null) sql.exec("delete from slo_points where at = ?", at);
        else sql.exec(SAVE, at, JSON.stringify(tallies));
      }
    });
    this.#points.stored();
  }

  totals(now: number): SloTotals {
    return this.#points.totals(now);
  }

  span(at: number): Tallies {
    return this.#points.span(at);
  }

  /** The last span whose breaches were counted; null: none yet. */
  get judgedAt(): number | null {
    return this.#storage.kv.get<number>(JUDGED) ?? null;
  }

  judged(at: number): void {
    this.#storage.kv.put(JUDGED, at);
  }
}
