import type { AuditRecord } from "../../domain/audit/audit-record.ts";
import type { Retry, TaskChanging, TaskSummary, Viewer } from "../../domain/jobs/task-access.ts";
import { CHUNK_ROWS, RETRYABLE_OUTCOMES } from "../../domain/jobs/task.ts";
import { audited } from "./audited.ts";
import { type Database, query, transact } from "./database.ts";
import { SUMMARY_COLUMNS, taskSummary, VISIBLE } from "./task-reader.ts";

const MARKED = `marked as (
  update tasks set cancel_requested_at = $4::timestamptz
  where ${VISIBLE} and id = $3 and status in ('queued', 'running') and cancel_requested_at is null returning id)`;

// A row that is locked is being ended this very moment, and keeps that outcome; should it not be, finalize ends it.
// By position: joined by number, 100,000 rows would be compared with one another.
const ENDED = `ended as (
  update task_rows set outcome = 'cancelled', ended_at = $4::timestamptz, retry_at = null
  where outcome is null and ctid = any(array(
    select ctid from task_rows where task_id = (select id from marked) and outcome is null for update skip locked)))`;

// The reason of a row that was cancelled is the remark that it came with.
const AGAIN = `again as (
  select line, input, siren, case when outcome = 'cancelled' then reason end as remark,
    (row_number() over (order by row_no))::int as n from task_rows
  where task_id = (
      select id from tasks where ${VISIBLE} and id = $3 and status in ('completed', 'cancelled', 'failed'))
    and outcome = any($5::text[]) and siren is not null)`;

/** Who retries one task at the same time does so one after the other. */
const LOCK_PARENT = `select id from tasks where ${VISIBLE} and id = $3 for no key update`;

// The same number of its rows are the same rows: what an operator sends again is one chunk.
const SAME_ROWS = `${VISIBLE} and parent_id = $3 and rows = (select count(*) from again)`;

const CREATED = `created as (
  insert into tasks (id, organisation_id, parent_id, type, mode, status, actor_kind, actor_id, request_id, sources,
    max_age_ms, rows, distinct_rows, created_at)
  select $4, organisation_id, id, type, case when $2 = 'test' then $2 else mode end, 'queued', $7, $8, $9, sources,
    max_age_ms, (select count(*) from again), (select count(*) from again), $10::timestamptz
  from tasks where id = $3 and exists (select from again) and not exists (
    select from tasks where ${SAME_ROWS} and status in ('queued', 'running') and cancel_requested_at is null)
  on conflict (id) do nothing returning id)`;

const COPIED = `copied as (
  insert into task_rows (task_id, row_no, line, input, siren, reason, chunk)
  select created.id, n, line, input, siren, remark, (n - 1) / $6::int from again, created)`;

/** Made just now, at an earlier try, or the one because of which none was made, which may have ended since. */
const CHILD = `
with ${AGAIN}
select ${SUMMARY_COLUMNS} from tasks where ${SAME_ROWS} order by id = $4 desc, created_at desc limit 1`;

/** What clients change about tasks. */
export class TaskChanges implements TaskChanging {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async cancel({ organisationId, mode }: Viewer, id: string, record: AuditRecord): Promise<boolean> {
    const act = { text: "select id from marked", params: [organisationId, mode, id, record.at] };
    const { text, params } = audited(act, record, [MARKED, ENDED]);
    return (await query(this.#db, text, params)).length > 0;
  }

  async retry(viewer: Viewer, retry: Retry, record: AuditRecord): Promise<TaskSummary | null> {
    const { parentId, taskId, actor } = retry;
    const parent = [viewer.organisationId, viewer.mode, parentId];
    const child = [...parent, taskId, RETRYABLE_OUTCOMES];
    const made = [...child, CHUNK_ROWS, actor.kind, actor.id, record.requestId, record.at];
    const act = { text: "select id from created", params: made };
    // A statement sees what was committed before it began: the lock has to be there by then.
    const [row] = await transact(this.#db, [
      { text: LOCK_PARENT, params: parent },
      audited(act, record, [AGAIN, CREATED, COPIED]),
      { text: CHILD, params: child },
    ]);
    return row === undefined ? null : taskSummary(row);
  }
}
