import { z } from "zod";
import type { EnrichmentLog, SectorReferenceStore } from "../../domain/enrichment/ports.ts";
import type { SectorReference } from "../../domain/scoring/sector-reference.ts";
import { Lru } from "../../lib/lru.ts";
import { type Database, query, queryWithin } from "./database.ts";
import { errorKind } from "../../lib/error-kind.ts";

const Row = z.object({
  division: z.string(),
  companies: z.number(),
  median_marge: z.number().nullable(),
  median_croissance: z.number().nullable(),
  taux_cession: z.number().nullable(),
  acheteurs_actifs: z.number().nullable(),
  as_of: z.date(),
});

const FIND = `
select division, companies, median_marge, median_croissance, taux_cession, acheteurs_actifs, as_of
from sector_references where division = $1`;

/** A median over fewer companies than this says more of them than of their sector. */
const MIN_COMPANIES = 30;
const MIN_COMPANIES_FOR_RATES = 200;
const KEEP_MS = 60 * 60_000;
/** It reads every company: at night, and within a cron run's 15 minutes. */
const REFRESH_LIMIT_MS = 10 * 60_000;

// Margin of the latest accounts, growth between the last two, share of companies whose business or capital
// changed hands 24 to 6 months ago, by year (lagged, so that a fresh sale never explains itself), and legal
// persons that are officers of at least two companies of the division.
const REFRESH = `
with ranked as (
  select siren, chiffre_affaires ca, resultat, row_number() over (partition by siren order by annee desc) n,
    lead(chiffre_affaires) over (partition by siren order by annee desc) previous
  from finances where chiffre_affaires > 0
), accounts as (
  select siren, resultat / ca marge, case when previous > 0 then ca / previous - 1 end croissance
  from ranked where n = 1
), buyers as (
  select division, count(*)::int buyers from (
    select left(c.code_naf, 2) division, o.siren_dirigeant
    from officers o join companies c on c.siren = o.siren
    where o.siren_dirigeant is not null group by 1, 2 having count(distinct o.siren) >= 2) pairs
  group by division
), sold as (
  select distinct siren from events where type in ('vente', 'fusion_scission', 'modification_capital')
    and date between current_date - interval '24 months' and current_date - interval '6 months'
)
insert into sector_references
select left(c.code_naf, 2), count(*)::int,
  case when count(a.marge) >= $1 then percentile_cont(0.5) within group (order by a.marge) end,
  case when count(a.croissance) >= $1 then percentile_cont(0.5) within group (order by a.croissance) end,
  case when count(*) >= $2 then count(s.siren)::float / count(*) / 1.5 end,
  case when count(*) >= $2 then coalesce(max(b.buyers), 0) end,
  now()
from companies c
left join accounts a on a.siren = c.siren
left join sold s on s.siren = c.siren
left join buyers b on b.division = left(c.code_naf, 2)
where c.code_naf is not null and c.statut = 'active'
group by left(c.code_naf, 2) having count(*) >= $1
on conflict (division) do update set companies = excluded.companies, median_marge = excluded.median_marge,
  median_croissance = excluded.median_croissance, taux_cession = excluded.taux_cession,
  acheteurs_actifs = excluded.acheteurs_actifs, as_of = excluded.as_of`;

/** Read once an hour and isolate: every company of a division asks for the same row. */
export class SectorRepository implements SectorReferenceStore {
  readonly #db: Database;
  readonly #now: () => number;
  readonly #log: EnrichmentLog;
  readonly #kept = new Lru<SectorReference | null>(100);

  constructor(db: Database, now: () => number, log: EnrichmentLog) {
    this.#db = db;
    this.#now = now;
    this.#log = log;
  }

  async find(division: string): Promise<SectorReference | null> {
    const kept = this.#kept.get(division, this.#now());
    if (kept !== undefined) return kept;
    try {
      const [found] = await query(this.#db, FIND, [division]);
      const row = found === undefined ? null : Row.parse(found);
      const reference = row === null ? null : { ...row, as_of: row.as_of.toISOString().slice(0, 10) };
      this.#kept.set(division, reference, this.#now() + KEEP_MS);
      return reference;
    } catch (error) {
      // The score lives without it: the sector then counts as unknown, and coverage says so.
      this.#log.event("sector_reference_unread", { division, error: errorKind(error) });
      return null;
    }
  }

  /** Measures every division again from what is stored. */
  async refresh(): Promise<void> {
    const params = [MIN_COMPANIES, MIN_COMPANIES_FOR_RATES];
    await queryWithin(this.#db, REFRESH_LIMIT_MS, { text: REFRESH, params });
  }
}
