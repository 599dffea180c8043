import { z } from "zod";
import type { Need } from "../../domain/enrichment/freshness.ts";
import { SourceName } from "../../domain/enrichment/source.ts";
import type { FreshCompanies as Port, FreshCopies } from "../../domain/jobs/intake/ports.ts";
import { type Database, query } from "./database.ts";

/** SIRENs per statement: a parameter of 100 KB. */
const SLICE = 10_000;

const Row = z.object({ in_all: z.int(), by_source: z.record(z.string(), z.int()) });

/** $1 SIRENs, $2 sources, $3 now, $4 the oldest retrieval accepted (null: each source's own freshness) */
const COUNT = `
with fresh as (
  select s.siren, s.source from company_sources s join unnest($1::text[]) wanted (siren) using (siren)
  where s.source = any($2::text[]) and case when $4::timestamptz is null then s.fresh_until > $3::timestamptz
    else s.retrieved_at >= $4::timestamptz end)
select
  (select count(*)::int from (
    select 1 from fresh group by siren having count(*) = cardinality($2::text[])) whole) as in_all,
  coalesce((select jsonb_object_agg(source, n) from (
    select source, count(*) as n from fresh group by source) each_source), '{}') as by_source`;

export class FreshCompanies implements Port {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async count(sirens: string[], { sources, maxAgeMs }: Need, now: number): Promise<FreshCopies> {
    const total: FreshCopies = { all: 0, bySource: new Map() };
    const moment = new Date(now).toISOString();
    const oldest = maxAgeMs === null ? null : new Date(now - maxAgeMs).toISOString();
    for (let at = 0; at < sirens.length; at += SLICE) {
      const [found] = await query(this.#db, COUNT, [sirens.slice(at, at + SLICE), sources, moment, oldest]);
      const { in_all, by_source } = Row.parse(found);
      total.all += in_all;
      for (const [name, count] of Object.entries(by_source)) {
        const source = SourceName.parse(name);
        total.bySource.set(source, (total.bySource.get(source) ?? 0) + count);
      }
    }
    return total;
  }
}
