import type { Services } from "../../services.ts";
import { query } from "../../storage/postgres/database.ts";

const KEEP_DAYS = 30;
const BATCH = 10_000;
/** Of one night: what is left goes the next. */
const MOST_BATCHES = 200;

const ROWS = `
delete from task_rows where (task_id, row_no) in (
  select r.task_id, r.row_no from tasks t join task_rows r on r.task_id = t.id
  where t.finished_at < $1::timestamptz limit $2) returning 1`;

const TASKS = `
delete from tasks where id in (
  select t.id from tasks t
  where t.finished_at < $1::timestamptz and t.upload_key is null
    and not exists (select from task_rows r where r.task_id = t.id) limit $2) returning 1`;

const DEAD_LETTERS = `
delete from dead_letters where id in (
  select id from dead_letters where resolved_at < $1::timestamptz limit $2) returning 1`;

/** Tasks that ended 30 days ago go with their rows, and so do dead letters that somebody dealt with. */
export async function purgeTasks({ database, now }: Pick<Services, "database" | "now">): Promise<void> {
  const before = new Date(now() - KEEP_DAYS * 86_400_000).toISOString();
  for (const statement of [ROWS, TASKS, DEAD_LETTERS]) {
    for (let batch = 0; batch < MOST_BATCHES; batch++) {
      const deleted = await query(database, statement, [before, BATCH]);
      if (deleted.length < BATCH) break;
    }
  }
}
