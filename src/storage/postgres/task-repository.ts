import type { AuditRecord } from "../../domain/audit/audit-record.ts";
import type { NewTask, TaskCreation } from "../../domain/jobs/ports.ts";
import { CHUNK_ROWS, type TaskRow } from "../../domain/jobs/task.ts";
import { audited } from "./audited.ts";
import { type Database, type Statement, transact } from "./database.ts";

const INSERT = `
insert into tasks (id, organisation_id, parent_id, type, mode, status, actor_kind, actor_id, request_id, sources,
  max_age_ms, rows, distinct_rows, upload_key, upload_bytes, created_at)
select $1, $2, $3, $4, $5, 'queued', $6, $7, $8, $9::text[], $10::bigint, $11::int, $12::int, $13, $14::bigint,
  $15::timestamptz
on conflict (id) do nothing returning id`;

function insertTask(task: NewTask): Statement {
  return {
    text: INSERT,
    params: [
      task.id,
      task.organisationId,
      task.parentId,
      task.type,
      task.mode,
      task.actor.kind,
      task.actor.id,
      task.requestId,
      task.sources,
      task.maxAgeMs,
      task.rows,
      task.distinctRows,
      task.uploadKey,
      task.uploadBytes,
      task.createdAt,
    ],
  };
}

/** The same rows make the same chunks, however often they are inserted. Of a cancelled task they arrive ended. */
const INSERT_ROWS = `
insert into task_rows (task_id, row_no, line, input, siren, outcome, reason, chunk, ended_at)
select $1, r."rowNo", r.line, r.input, r.siren, coalesce(r.outcome, t.cancelled), r.reason, r.chunk,
  case when coalesce(r.outcome, t.cancelled) is not null then $3::timestamptz end
from jsonb_to_recordset($2::jsonb)
  as r("rowNo" int, line int, input text, siren text, outcome text, reason text, chunk int),
  (select case when cancel_requested_at is not null then 'cancelled' end as cancelled
   from tasks where id = $1 and status in ('queued', 'running')) t
on conflict (task_id, row_no) do nothing`;

interface Place {
  taskId: string;
  at: string;
  /** Rows to enrich that come before these. */
  before: number;
}

export function insertRows({ taskId, at, before }: Place, rows: TaskRow[]): Statement {
  let distinct = before;
  const numbered = rows.map((row) => ({
    ...row,
    chunk: row.outcome === null ? Math.floor(distinct++ / CHUNK_ROWS) : null,
  }));
  return { text: INSERT_ROWS, params: [taskId, JSON.stringify(numbered), at] };
}

export class TaskRepository implements TaskCreation {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async create(task: NewTask, rows: TaskRow[], record: AuditRecord): Promise<void> {
    const created = audited(insertTask(task), record);
    await transact(
      this.#db,
      rows.length === 0
        ? [created]
        : [created, insertRows({ taskId: task.id, at: task.createdAt, before: 0 }, rows)],
    );
  }
}
