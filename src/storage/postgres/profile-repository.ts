import { z } from "zod";
import { CostTotals } from "../../domain/operations/cost-totals.ts";
import { WeeklyProfile } from "../../domain/operations/weekly-profile.ts";
import { type Database, query } from "./database.ts";

/** Moments are RFC 3339, weeks are Mondays `YYYY-MM-DD`. */
export interface StoredProfile {
  week: string;
  /** When the week before was read; null: counts are since the first one. */
  since: string | null;
  madeAt: string;
  profile: WeeklyProfile;
}

const instant = z.date().transform((date) => date.toISOString());
const Report = z.object({ since: z.string().nullable(), profile: WeeklyProfile });
const Row = z.object({ week: z.string(), made_at: instant, report: Report });
const Before = z.object({ made_at: instant, totals: CostTotals });

/** $1 week */
const BEFORE = `
select made_at, totals from weekly_profiles where week < $1::date order by week desc limit 1`;

/** $1 week, $2 now, $3 report, $4 totals */
const SAVE = `
insert into weekly_profiles (week, made_at, report, totals)
values ($1::date, $2::timestamptz, $3::jsonb, $4::jsonb)
on conflict (week) do update
set made_at = excluded.made_at, report = excluded.report, totals = excluded.totals`;

/** $1 week */
const PURGE = `delete from weekly_profiles where week < $1::date`;

/** $1 week, null: the latest */
const LOAD = `
select week::text, made_at, report from weekly_profiles
where $1::date is null or week = $1::date order by week desc limit 1`;

const WEEKS = `select week::text from weekly_profiles order by week desc`;

/** What cost most in each week, a row a week. Everything throws `StorageUnavailable`. */
export class ProfileRepository {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** What had been counted when the latest profile of an earlier week was made; null: none that this version reads. */
  async before(week: string): Promise<{ madeAt: string; totals: CostTotals } | null> {
    const [found] = await query(this.#db, BEFORE, [week]);
    const before = Before.safeParse(found);
    return before.success ? { madeAt: before.data.made_at, totals: before.data.totals } : null;
  }

  /** One a week: it replaces what a run before made of the same week. */
  async save({ week, since, madeAt, profile }: StoredProfile, totals: CostTotals): Promise<void> {
    const report = JSON.stringify({ since, profile });
    await query(this.#db, SAVE, [week, madeAt, report, JSON.stringify(totals)]);
  }

  /** Deletes the profiles of weeks before. */
  async purge(before: string): Promise<void> {
    await query(this.#db, PURGE, [before]);
  }

  /** `week` null: the latest there is. */
  async load(week: string | null): Promise<StoredProfile | null> {
    const [found] = await query(this.#db, LOAD, [week]);
    if (found === undefined) return null;
    const { made_at, report, ...row } = Row.parse(found);
    return { ...row, madeAt: made_at, ...report };
  }

  /** The newest first. */
  async weeks(): Promise<string[]> {
    const rows = await query<{ week: string }>(this.#db, WEEKS, []);
    return rows.map(({ week }) => week);
  }
}
