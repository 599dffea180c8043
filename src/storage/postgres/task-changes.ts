import type { AuditRecord } from "../../domain/audit/audit-record.ts";
import type { Retry, TaskChanging, TaskSummary, Viewer } from "../../domain/jobs/task-access.ts";
import { CHUNK_ROWS, RETRYABLE_OUTCOMES } from "../../domain/jobs/task.ts";
import { audited } from "./audited.ts";
import { type Database, query } from "./database.ts";
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

const AGAIN = `again as (
  select line, input, siren, (row_number() over (order by row_no))::int as n from task_rows
  where task_id = (
      select id from tasks where ${VISIBLE} and id = $3 and status in ('completed', 'cancelled', 'failed'))
    and outcome = any($9::text[]) and siren is not null)`;

const CREATED = `created as (
  insert into tasks (id, organisation_id, parent_id, type, mode, status, actor_kind, actor_id, request_id, sources,
    max_age_ms, rows, distinct_rows, created_at)
  select $4, organisation_id, id, type, case when $2 = 'test' then $2 else mode end, 'queued', $5, $6, $7, sources,
    max_age_ms, (select count(*) from again), (select count(*) from again), $8::timestamptz
  from tasks where id = $3 and exists (select from again)
  on conflict (id) do nothing returning ${SUMMARY_COLUMNS})`;

const COPIED = `copied as (
  insert into task_rows (task_id, row_no, line, input, siren, chunk)
  select created.id, n, line, input, siren, (n - 1) / $10::int from again, created)`;

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
    const given = [viewer.organisationId, viewer.mode, parentId, taskId, actor.kind, actor.id];
    const own = [record.requestId, record.at, RETRYABLE_OUTCOMES, CHUNK_ROWS];
    const act = { text: `select ${SUMMARY_COLUMNS} from created`, params: [...given, ...own] };
    const { text, params } = audited(act, record, [AGAIN, CREATED, COPIED]);
    const [row] = await query(this.#db, text, params);
    return row === undefined ? null : taskSummary(row);
  }
}
