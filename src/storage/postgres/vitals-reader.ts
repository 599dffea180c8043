import { z } from "zod";
import { type Database, query } from "./database.ts";

/** The driver gives counts as text. */
const whole = z.coerce.number().int();
const byWindow = z.object({ "1d": whole, "7d": whole, "30d": whole });

const Upkeep = z.object({
  waiting: whole,
  keys: z.array(z.object({ purpose: z.string(), age: z.number() })),
});
const Activity = z.object({ users: byWindow, keys: byWindow });

/** $1 now. The outbox is drained all the time: what is in it is what counting costs. */
const UPKEEP = `
select
  (select count(*) from audit_outbox) as waiting,
  (select coalesce(jsonb_agg(jsonb_build_object('purpose', purpose, 'age', age) order by purpose), '[]') from (
    select purpose, extract(epoch from $1::timestamptz - max(created_at)) as age
    from encryption_keys group by purpose) k
  ) as keys`;

function windows(counted: string): string {
  const within = (days: number): string =>
    `'${days}d', count(${counted}) filter (where last_used_at > $1::timestamptz - interval '${days} days')`;
  return `jsonb_build_object(${[1, 7, 30].map(within).join(", ")})`;
}

/** $1 now. Reads all sessions and keys, which are not indexed by their last use: not to be asked at every scrape. */
const ACTIVITY = `
select
  (select ${windows("distinct user_id")} from sessions
   where last_used_at > $1::timestamptz - interval '30 days') as users,
  (select ${windows("*")} from api_keys
   where last_used_at > $1::timestamptz - interval '30 days') as keys`;

export type Activity = z.infer<typeof Activity>;
export type Upkeep = z.infer<typeof Upkeep>;

/** Audit records that are in no chain yet, and seconds since the data key in use of each purpose was made. Throws `StorageUnavailable`. */
export async function readUpkeep(db: Database, now: number): Promise<Upkeep> {
  const [found] = await query(db, UPKEEP, [new Date(now).toISOString()]);
  return Upkeep.parse(found);
}

/** People and API keys used within a day, a week and a month. Throws `StorageUnavailable`. */
export async function readActivity(db: Database, now: number): Promise<Activity> {
  const [found] = await query(db, ACTIVITY, [new Date(now).toISOString()]);
  return Activity.parse(found);
}
