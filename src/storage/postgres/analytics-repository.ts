import { z } from "zod";
import {
  LEAST_COMPANIES,
  type SectorAnalytics,
  type SectorPage,
} from "../../domain/search/sector-analytics.ts";
import { type Database, query, queryWithin } from "./database.ts";
import { SqlParams } from "./sql-params.ts";

/** It reads every company: at night, and within a cron run's 15 minutes. */
const REFRESH_LIMIT_MS = 10 * 60_000;

const Row = z.object({
  code_naf: z.string(),
  entreprises: z.number(),
  entreprises_notees: z.number(),
  score_moyen: z.number().nullable(),
  score_p90: z.number().nullable(),
  entreprises_avec_ca: z.number(),
  ca_moyen: z.number().nullable(),
  ca_p90: z.number().nullable(),
  as_of: z.date(),
});

/** Too few companies have no figures, here and in the order: a place in it would be a figure too. */
const SECTORS = `
select code_naf, entreprises, entreprises_notees,
  case when entreprises_notees >= ${LEAST_COMPANIES} then score_moyen end as score_moyen,
  case when entreprises_notees >= ${LEAST_COMPANIES} then score_p90 end as score_p90,
  entreprises_avec_ca,
  case when entreprises_avec_ca >= ${LEAST_COMPANIES} then ca_moyen end as ca_moyen,
  case when entreprises_avec_ca >= ${LEAST_COMPANIES} then ca_p90 end as ca_p90,
  as_of
from mv_ma_analytics`;

/** Below every figure. */
const UNKNOWN = "'-Infinity'::float8";

function conditionsOf({ range, sort, after }: SectorPage, params: SqlParams): string[] {
  const conditions: string[] = [];
  if (range !== null && range.to === null) conditions.push(`code_naf = ${params.add(range.from)}`);
  if (range !== null && range.to !== null)
    conditions.push(`code_naf >= ${params.add(range.from)} and code_naf < ${params.add(range.to)}`);
  if (after === null) return conditions;
  if (sort === "code_naf") return [...conditions, `code_naf > ${params.add(after.code)}`];
  const value = `coalesce(${params.add(after.value)}::float8, ${UNKNOWN})`;
  const code = params.add(after.code);
  const key = `coalesce(${sort}::float8, ${UNKNOWN})`;
  return [...conditions, `(${key} < ${value} or (${key} = ${value} and code_naf > ${code}))`];
}

/** Figures of sectors, as of the last night. */
export class AnalyticsRepository {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** By code, or the highest first and the unknown last. Throws `StorageUnavailable`. */
  async sectors(page: SectorPage): Promise<SectorAnalytics[]> {
    const params = new SqlParams();
    const conditions = conditionsOf(page, params);
    const where = conditions.length === 0 ? "" : `where ${conditions.join(" and ")}`;
    const order = page.sort === "code_naf" ? "code_naf" : `${page.sort} desc nulls last, code_naf`;
    const limit = params.add(page.limit);
    const text = `select * from (${SECTORS}) sectors ${where} order by ${order} limit ${limit}`;
    const rows = await query(this.#db, text, params.values);
    return rows.map((found) => {
      const { as_of, ...row } = Row.parse(found);
      return { ...row, as_of: as_of.toISOString() };
    });
  }

  /** Counts every company again; readers see the figures of before until it is done. */
  async refresh(): Promise<void> {
    const text = "refresh materialized view concurrently mv_ma_analytics";
    await queryWithin(this.#db, REFRESH_LIMIT_MS, { text, params: [] });
  }
}
