import { z } from "zod";
import { SourceName } from "../../domain/enrichment/source.ts";
import type {
  ChunkWindow,
  OpenRow,
  Part,
  RowEnd,
  SplitStep,
  Tally,
  TaskAfterEnd,
  TaskEnd,
  TaskWork,
} from "../../domain/jobs/ports.ts";
import {
  CHUNK_ROWS,
  type Counts,
  noCounts,
  OUTCOMES,
  type Task,
  TASK_STATUSES,
  TASK_TYPES,
} from "../../domain/jobs/task.ts";
import { workedFor } from "../../observability/worked-for.ts";
import { type Database, query, type Statement, transact } from "./database.ts";
import { insertRows } from "./task-repository.ts";
import { eventInsert } from "./webhook-statements.ts";

const moment = z.date().transform((date) => date.toISOString());
const Counted = z.partialRecord(z.enum(OUTCOMES), z.int());

const Row = z.object({
  id: z.string(),
  organisation_id: z.string(),
  parent_id: z.string().nullable(),
  type: z.enum(TASK_TYPES),
  mode: z.enum(["live", "test"]),
  status: z.enum(TASK_STATUSES),
  actor_kind: z.enum(["key", "user", "system"]),
  actor_id: z.string().nullable(),
  request_id: z.string().nullable(),
  sources: z.array(SourceName),
  max_age_ms: z.coerce.number().nullable(),
  rows: z.int(),
  distinct_rows: z.int(),
  upload_key: z.string().nullable(),
  upload_bytes: z.coerce.number().nullable(),
  split_offset: z.coerce.number(),
  split_rows: z.int(),
  split_distinct: z.int(),
  dispatched_chunks: z.int(),
  counts: Counted.nullable(),
  failure: z.string().nullable(),
  created_at: moment,
  started_at: moment.nullable(),
  finished_at: moment.nullable(),
  cancel_requested_at: moment.nullable(),
});

const Ended = z.object({ ended_now: z.boolean() }).transform((row) => ({ endedNow: row.ended_now }));
const OpenRowRow = z
  .object({ row_no: z.int(), siren: z.string(), attempts: z.int(), retry_at: moment.nullable() })
  .transform((row): OpenRow => ({
    rowNo: row.row_no,
    siren: row.siren,
    attempts: row.attempts,
    retryAt: row.retry_at,
  }));

const CountRow = z.object({ outcome: z.enum(OUTCOMES).nullable(), count: z.int() });

const Claim = z.object({ from: z.int(), to: z.int() });

const LOAD = "select * from tasks where id = $1";
/** `ended_now`: this transaction wrote the row. */
const LOAD_AFTER = "select *, xmin = pg_current_xact_id()::xid as ended_now from tasks where id = $1";

const START = `
update tasks set status = 'running', started_at = $2::timestamptz where id = $1 and status = 'queued' returning id`;

const MOVE_CURSOR = `
update tasks set split_offset = $3::bigint, split_rows = $4::int, split_distinct = $5::int
where id = $1 and split_offset = $2::bigint and status in ('queued', 'running')`;

/**
 * A row that ends without a reason keeps its remark. Rows are locked in their order, so that two who end them never wait for each other. Naming their chunk makes them
 * cheap to find: of a new task the planner knows nothing, and would read it all.
 */
const END_ROWS = `
with due as (
  select row_no from task_rows
  where task_id = $1 and chunk = $2 and row_no = any($3::int[]) and outcome is null order by row_no for update)
update task_rows r set outcome = ($4::text[])[one.at], reason = coalesce(($5::text[])[one.at], r.reason),
  ended_at = $6::timestamptz, retry_at = null
from (select row_no, array_position($3::int[], row_no) as at from due) one
where r.task_id = $1 and r.chunk = $2 and r.row_no = one.row_no and r.outcome is null`;

/** By their places: joined by their numbers, a hundred thousand rows of which the planner knows nothing take minutes. */
const END_OPEN = `
update task_rows set outcome = $3, reason = coalesce($4::text, reason), ended_at = $5::timestamptz, retry_at = null
where outcome is null and ctid = any(array(
  select ctid from task_rows
  where task_id = $1 and outcome is null and ($2::int is null or chunk = $2) order by row_no for update))`;

const POSTPONE = `
with due as (
  select row_no from task_rows
  where task_id = $1 and chunk = $2 and outcome is null
    and ($4::int[])[array_position($3::int[], row_no)] - attempts in (0, 1) order by row_no for update)
update task_rows r set attempts = ($4::int[])[one.at], retry_at = ($5::timestamptz[])[one.at]
from (select row_no, array_position($3::int[], row_no) as at from due) one
where r.task_id = $1 and r.chunk = $2 and r.row_no = one.row_no and r.outcome is null`;

/** Rows that wait for a later try keep nobody busy. $1 task, $2 due, $3 now, $4 rows of a chunk, $5 open */
const CLAIM_CHUNKS = `
with task as (
  select id, dispatched_chunks as first, case
      when upload_key is null then ceil(distinct_rows::numeric / $4::int)
      when split_rows >= rows then ceil(split_distinct::numeric / $4::int)
      else floor(split_distinct::numeric / $4::int) end::int as ready
  from tasks where id = $1 and status in ('queued', 'running') and cancel_requested_at is null for update),
busy as (
  select count(distinct chunk)::int as open,
    (count(distinct chunk) filter (where retry_at is null or retry_at <= $3::timestamptz))::int as due
  from task_rows where task_id = $1 and chunk < (select first from task) and outcome is null),
next as (
  select least(task.ready, task.first + least($2::int - busy.due, $5::int - busy.open)) as chunk from task, busy)
update tasks t set dispatched_chunks = next.chunk
from task, next
where t.id = task.id and next.chunk > task.first
returning task.first as "from", t.dispatched_chunks as "to"`;

const OPEN_ROWS = `
select row_no, siren, attempts, retry_at from task_rows
where task_id = $1 and chunk = $2 and outcome is null order by row_no`;

const TALLY = `
select outcome, count(*)::int as count from task_rows
where task_id = $1 and ($2::int is null or chunk = $2) group by outcome`;

const SETTLED = `
select outcome, count(*)::int as count from task_rows where task_id = $1 and chunk is null group by outcome`;

/** Before a task ends: rows that somebody was storing are seen then. */
const LOCK = "select id from tasks where id = $1 for update";

const COMPLETE = `
update tasks set status = case when cancel_requested_at is null then 'completed' else 'cancelled' end,
  counts = $2::jsonb, finished_at = $3::timestamptz
where id = $1 and status in ('queued', 'running')
  and not exists (select from task_rows where task_id = $1 and outcome is null)
  and (select count(*) from task_rows where task_id = $1) = rows`;

const FAIL = `
update tasks set status = 'failed', failure = $4, counts = $2::jsonb, finished_at = $3::timestamptz
where id = $1 and status in ('queued', 'running')
  and not exists (select from task_rows where task_id = $1 and outcome is null)`;

function parseTask(found: unknown): Task | null {
  if (found === undefined) return null;
  const row = Row.parse(found);
  return {
    id: row.id,
    organisationId: row.organisation_id,
    parentId: row.parent_id,
    type: row.type,
    mode: row.mode,
    status: row.status,
    actor: { kind: row.actor_kind, id: row.actor_id },
    requestId: row.request_id,
    sources: row.sources,
    maxAgeMs: row.max_age_ms,
    rows: row.rows,
    distinctRows: row.distinct_rows,
    uploadKey: row.upload_key,
    uploadBytes: row.upload_bytes,
    splitOffset: row.split_offset,
    splitRows: row.split_rows,
    splitDistinct: row.split_distinct,
    dispatchedChunks: row.dispatched_chunks,
    counts: row.counts === null ? null : { ...noCounts(), ...row.counts },
    failure: row.failure,
    createdAt: row.created_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    cancelRequestedAt: row.cancel_requested_at,
  };
}

function tallyOf(found: unknown[]): Tally {
  const tally = { counts: noCounts(), open: 0 };
  for (const { outcome, count } of found.map((row) => CountRow.parse(row))) {
    if (outcome === null) tally.open += count;
    else tally.counts[outcome] += count;
  }
  return tally;
}

/** What the engine does to tasks and their rows. */
export class TaskWorkRepository implements TaskWork {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async load(taskId: string): Promise<Task | null> {
    const [row] = await query(this.#db, LOAD, [taskId]);
    const task = parseTask(row);
    if (task !== null) workedFor(task.organisationId);
    return task;
  }

  async start(taskId: string, at: string): Promise<void> {
    await query(this.#db, START, [taskId, at]);
  }

  async saveSplit(task: Task, { rows, offset }: SplitStep, at: string): Promise<Task> {
    const distinct = task.splitDistinct + rows.filter(({ outcome }) => outcome === null).length;
    const moved = [task.id, task.splitOffset, offset, task.splitRows + rows.length, distinct];
    // The cursor first: it locks the task, so that the rows see whether somebody cancelled it.
    const [after] = await transact(this.#db, [
      { text: MOVE_CURSOR, params: moved },
      insertRows({ taskId: task.id, at, before: task.splitDistinct }, rows),
      { text: LOAD, params: [task.id] },
    ]);
    return parseTask(after) ?? task;
  }

  async setDispatched(taskId: string, chunks: number): Promise<void> {
    const text = "update tasks set dispatched_chunks = greatest(dispatched_chunks, $2::int) where id = $1";
    await query(this.#db, text, [taskId, chunks]);
  }

  async claimChunks(
    taskId: string,
    { due, open }: ChunkWindow,
    at: string,
  ): Promise<{ from: number; to: number }> {
    const [row] = await query(this.#db, CLAIM_CHUNKS, [taskId, due, at, CHUNK_ROWS, open]);
    return row === undefined ? { from: 0, to: 0 } : Claim.parse(row);
  }

  async forgetUpload(taskId: string): Promise<void> {
    await query(this.#db, "update tasks set upload_key = null where id = $1", [taskId]);
  }

  async settledCounts(taskId: string): Promise<Counts> {
    return tallyOf(await query(this.#db, SETTLED, [taskId])).counts;
  }

  async openRows({ taskId, chunk }: Required<Part>): Promise<OpenRow[]> {
    const rows = await query(this.#db, OPEN_ROWS, [taskId, chunk]);
    return rows.map((row) => OpenRowRow.parse(row));
  }

  async endRows(part: Required<Part>, ends: (RowEnd & { rowNo: number })[], at: string): Promise<Tally> {
    if (ends.length === 0) return this.tally(part);
    const numbers = ends.map(({ rowNo }) => rowNo);
    const [outcomes, reasons] = [ends.map(({ outcome }) => outcome), ends.map(({ reason }) => reason)];
    const ending = { text: END_ROWS, params: [part.taskId, part.chunk, numbers, outcomes, reasons, at] };
    return tallyOf(await transact(this.#db, [ending, { text: TALLY, params: [part.taskId, part.chunk] }]));
  }

  async postponeRows({ taskId, chunk }: Required<Part>, rows: OpenRow[]): Promise<void> {
    const numbers = rows.map(({ rowNo }) => rowNo);
    const [attempts, moments] = [rows.map((row) => row.attempts), rows.map(({ retryAt }) => retryAt)];
    await query(this.#db, POSTPONE, [taskId, chunk, numbers, attempts, moments]);
  }

  async endOpenRows({ taskId, chunk }: Part, { outcome, reason }: RowEnd, at: string): Promise<void> {
    await query(this.#db, END_OPEN, [taskId, chunk ?? null, outcome, reason, at]);
  }

  async tally({ taskId, chunk }: Part): Promise<Tally> {
    return tallyOf(await query(this.#db, TALLY, [taskId, chunk ?? null]));
  }

  async complete(taskId: string, end: TaskEnd): Promise<TaskAfterEnd | null> {
    const params = [taskId, JSON.stringify(end.counts), end.at];
    return this.#end(taskId, { text: COMPLETE, params }, end);
  }

  async fail(taskId: string, failure: string, end: TaskEnd): Promise<TaskAfterEnd | null> {
    const params = [taskId, JSON.stringify(end.counts), end.at, failure];
    return this.#end(taskId, { text: FAIL, params }, end);
  }

  async #end(taskId: string, update: Statement, { event, at }: TaskEnd): Promise<TaskAfterEnd | null> {
    const ownEnd = {
      text: "exists (select from tasks where id = $1 and status <> 'cancelled' and finished_at = $2::timestamptz)",
      params: [taskId, at],
    };
    const [after] = await transact(this.#db, [
      { text: LOCK, params: [taskId] },
      update,
      eventInsert(event, ownEnd),
      { text: LOAD_AFTER, params: [taskId] },
    ]);
    const task = parseTask(after);
    return task === null ? null : { ...task, ...Ended.parse(after) };
  }
}
