import { z } from "zod";
import type { ExportUpkeep } from "../../domain/exports/ports.ts";
import { type Database, query } from "./database.ts";

const Stalled = z
  .object({ id: z.string(), seq: z.int(), created_at: z.date() })
  .transform((row) => ({ id: row.id, seq: row.seq, createdAt: row.created_at.toISOString() }));
const Id = z.object({ id: z.string() });
const Used = z.object({ id: z.string(), completed: z.boolean() });

/** `leased_until` is when somebody's lease ends, or when the next step is due: either way nothing has moved since. */
const STALLED = `
select id, seq, created_at from exports
where status in ('queued', 'running') and coalesce(leased_until, created_at) < $1::timestamptz
  and (lease_id is null or leased_until < $2::timestamptz)
  and coalesce(resent_at < $3::timestamptz, true)
order by created_at limit $4`;

const EXPIRE = `
update exports set status = 'expired' where id = any(array(
  select id from exports
  where object_key is not null and status = 'completed' and expires_at <= $1::timestamptz
  order by expires_at limit $2 for update skip locked))`;

const LEFT = `
select id from exports
where object_key is not null and status in ('failed', 'cancelled', 'expired') limit $1`;

const IN_USE = `
select id, status = 'completed' as completed from exports
where id = any($1::text[]) and status in ('queued', 'running', 'completed')`;

/** What the reaper sees of exports. */
export class ExportUpkeepRepository implements ExportUpkeep {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async stalled(
    { now, movedBefore, resentBefore }: Parameters<ExportUpkeep["stalled"]>[0],
    atMost: number,
  ): Promise<{ id: string; seq: number; createdAt: string }[]> {
    const rows = await query(this.#db, STALLED, [movedBefore, now, resentBefore, atMost]);
    return rows.map((row) => Stalled.parse(row));
  }

  async markResent(exportId: string, at: string): Promise<void> {
    await query(this.#db, "update exports set resent_at = $2::timestamptz where id = $1", [exportId, at]);
  }

  async expire(at: string, atMost: number): Promise<void> {
    await query(this.#db, EXPIRE, [at, atMost]);
  }

  async leftFiles(atMost: number): Promise<string[]> {
    return (await query(this.#db, LEFT, [atMost])).map((row) => Id.parse(row).id);
  }

  async inUse(exportIds: string[]): Promise<{ open: Set<string>; completed: Set<string> }> {
    const rows = (await query(this.#db, IN_USE, [exportIds])).map((row) => Used.parse(row));
    const of = (wanted: boolean): Set<string> =>
      new Set(rows.filter(({ completed }) => completed === wanted).map(({ id }) => id));
    return { open: of(false), completed: of(true) };
  }
}
