import type { StoredIsolate, StoredMetric, TotalsChanges } from "../observability/metric-totals.ts";

/** A shard's totals in the SQLite of its object: one row a metric. Rows written are paid: an index would be one more. */
export class MetricStorage {
  readonly #storage: DurableObjectStorage;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    storage.sql.exec(
      "create table if not exists totals (name text primary key, shape text not null, series text not null) without rowid",
    );
    storage.sql.exec(
      "create table if not exists isolates (isolate text primary key, seq integer not null, at integer not null) without rowid",
    );
  }

  load(): { metrics: StoredMetric[]; isolates: StoredIsolate[] } {
    const { sql } = this.#storage;
    const totals = sql.exec<{ name: string; shape: string; series: string }>("select * from totals");
    const isolates = sql.exec<{ isolate: string; seq: number; at: number }>(
      "select isolate, seq, at from isolates order by at",
    );
    return {
      metrics: Array.from(totals, ({ name, shape, series }) => ({
        name,
        shape,
        series: JSON.parse(series) as StoredMetric["series"], // as saved below
      })),
      isolates: Array.from(isolates, (row) => ({ ...row })),
    };
  }

  save({ metrics, isolates, forgotten }: TotalsChanges): void {
    const { sql } = this.#storage;
    this.#storage.transactionSync(() => {
      for (const { name, shape, series } of metrics) {
        const text = `insert into totals (name, shape, series) values (?, ?, ?)
          on conflict do update set shape = excluded.shape, series = excluded.series`;
        sql.exec(text, name, shape, JSON.stringify(series));
      }
      for (const { isolate, seq, at } of isolates) {
        const text = `insert into isolates (isolate, seq, at) values (?, ?, ?)
          on conflict do update set seq = excluded.seq, at = excluded.at`;
        sql.exec(text, isolate, seq, at);
      }
      for (const isolate of forgotten) sql.exec("delete from isolates where isolate = ?", isolate);
    });
  }
}
