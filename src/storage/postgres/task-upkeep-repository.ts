import { z } from "zod";
import type { StalledTask, StallLimits, TaskUpkeep } from "../../domain/jobs/reap-tasks.ts";
import { CHUNK_ROWS } from "../../domain/jobs/task.ts";
import { type Database, query } from "./database.ts";

/** Of one task and one run: a longer loss is made up for in several. */
const CHUNKS_AT_MOST = 2_000;

const Stalled = z
  .object({
    id: z.string(),
    cancelled: z.boolean(),
    unsplit: z.boolean(),
    overdue: z.boolean(),
    chunks: z.array(z.int()),
  })
  .transform((row): StalledTask => row);
const Upload = z
  .object({ id: z.string(), upload_key: z.string() })
  .transform((row) => ({ taskId: row.id, key: row.upload_key }));
const Key = z.object({ upload_key: z.string() });

/**
 * When a task moved last is read from the ends of two indexes, by `max`: asked for by `exists`, the planner may read all
 * the rows of every task.
 */
const STALLED = `
select t.id, t.cancel_requested_at is not null as cancelled,
  t.upload_key is not null
    or (t.cancel_requested_at is null and t.dispatched_chunks * $5::int < t.distinct_rows) as unsplit,
  t.created_at < $7::timestamptz
    and (t.upload_key is not null
      or (t.cancel_requested_at is null and t.dispatched_chunks = 0 and t.distinct_rows > 0)) as overdue,
  array(select distinct r.chunk from task_rows r
    where r.task_id = t.id and r.outcome is null and r.chunk < t.dispatched_chunks
    order by r.chunk limit $6) as chunks
from tasks t
where t.status in ('queued', 'running') and t.created_at < $1::timestamptz
  and coalesce(t.resent_at < $3::timestamptz, true)
  and (t.status = 'queued' or (t.started_at < $2::timestamptz and coalesce(greatest(
    (select max(r.ended_at) from task_rows r where r.task_id = t.id and r.ended_at is not null),
    (select max(r.retry_at) from task_rows r where r.task_id = t.id and r.retry_at is not null and r.outcome is null)
  ) <= $2::timestamptz, true)))
order by t.created_at limit $4`;

const LEFT = `
select id, upload_key from tasks
where upload_key is not null and status in ('completed', 'cancelled', 'failed') order by created_at limit $1`;

/** What the reaper sees of tasks. */
export class TaskUpkeepRepository implements TaskUpkeep {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async stalled(limits: StallLimits, atMost: number): Promise<StalledTask[]> {
    const { createdBefore, movedBefore, resentBefore, splitBefore } = limits;
    const own = [atMost, CHUNK_ROWS, CHUNKS_AT_MOST];
    const params = [createdBefore, movedBefore, resentBefore, ...own, splitBefore];
    return (await query(this.#db, STALLED, params)).map((row) => Stalled.parse(row));
  }

  async markResent(taskId: string, at: string): Promise<void> {
    await query(this.#db, "update tasks set resent_at = $2::timestamptz where id = $1", [taskId, at]);
  }

  async leftUploads(atMost: number): Promise<{ taskId: string; key: string }[]> {
    return (await query(this.#db, LEFT, [atMost])).map((row) => Upload.parse(row));
  }

  async forgetUpload(taskId: string): Promise<void> {
    await query(this.#db, "update tasks set upload_key = null where id = $1", [taskId]);
  }

  async knownUploads(keys: string[]): Promise<Set<string>> {
    const text = "select upload_key from tasks where upload_key = any($1::text[])";
    return new Set((await query(this.#db, text, [keys])).map((row) => Key.parse(row).upload_key));
  }
}
