import { z } from "zod";
import { SourceName } from "../../domain/enrichment/source.ts";
import type {
  EndedRow,
  RowPage,
  TaskFilter,
  TaskReading,
  TaskSummary,
  Viewer,
} from "../../domain/jobs/task-access.ts";
import type { RecordedTask } from "../../domain/jobs/task-progress.ts";
import { type Counts, noCounts, OUTCOMES, TASK_STATUSES, TASK_TYPES } from "../../domain/jobs/task.ts";
import { type Database, query } from "./database.ts";

const moment = z.date().transform((date) => date.toISOString());
/** Rows of an outcome that did not occur may be left out. */
const Counted = z
  .partialRecord(z.enum(OUTCOMES), z.int())
  .transform((counts): Counts => ({ ...noCounts(), ...counts }));

const Summary = z.object({
  id: z.string(),
  parent_id: z.string().nullable(),
  type: z.enum(TASK_TYPES),
  mode: z.enum(["live", "test"]),
  status: z.enum(TASK_STATUSES),
  sources: z.array(SourceName),
  rows: z.int(),
  counts: Counted.nullable(),
  failure: z.string().nullable(),
  created_at: moment,
  started_at: moment.nullable(),
  finished_at: moment.nullable(),
  cancel_requested_at: moment.nullable(),
});

const Recorded = Summary.extend({ organisation_id: z.string(), counts: Counted });

const Row = z
  .object({
    row_no: z.int(),
    line: z.int(),
    input: z.string(),
    siren: z.string().nullable(),
    outcome: z.enum(OUTCOMES),
    reason: z.string().nullable(),
  })
  .transform(({ row_no, ...row }): EndedRow => ({ ...row, rowNo: row_no }));

export const SUMMARY_COLUMNS = `id, parent_id, type, mode, status, sources, rows, counts, failure, created_at, started_at,
  finished_at, cancel_requested_at`;

/** $1 organisation, $2 mode of the viewer */
export const VISIBLE = "organisation_id = $1 and ($2 = 'live' or mode = $2)";

const FIND = `select ${SUMMARY_COLUMNS} from tasks where ${VISIBLE} and id = $3`;

const LIST = `
select ${SUMMARY_COLUMNS} from tasks
where ${VISIBLE} and ($3::text is null or id < $3) and ($5::text is null or status = $5)
  and ($6::text is null or type = $6)
order by id desc limit $4`;

// Counted from the rows while the task is open; what it ended with stands.
const RECORDED = `
select ${SUMMARY_COLUMNS.replace("counts,", "")}, organisation_id, coalesce(counts, (
  select jsonb_object_agg(outcome, n) from (
    select outcome, count(*)::int as n from task_rows where task_id = $1 and outcome is not null
    group by outcome) ended), '{}') as counts
from tasks where id = $1`;

const ROWS = `
select row_no, line, input, siren, outcome, reason from task_rows
where task_id = $1 and row_no > $2 and line > $5 and outcome is not null and ($4::text is null or outcome = $4)
order by row_no limit $3`;

export function taskSummary(found: unknown): TaskSummary {
  const row = Summary.parse(found);
  return {
    id: row.id,
    parentId: row.parent_id,
    type: row.type,
    mode: row.mode,
    status: row.status,
    sources: row.sources,
    rows: row.rows,
    counts: row.counts,
    failure: row.failure,
    createdAt: row.created_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    cancelRequestedAt: row.cancel_requested_at,
  };
}

/** Tasks and their rows, for those who look at them. */
export class TaskReader implements TaskReading {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async find({ organisationId, mode }: Viewer, id: string): Promise<TaskSummary | null> {
    const [row] = await query(this.#db, FIND, [organisationId, mode, id]);
    return row === undefined ? null : taskSummary(row);
  }

  async list(
    { organisationId, mode }: Viewer,
    { status = null, type = null }: { [Name in keyof TaskFilter]?: TaskFilter[Name] | null },
    { limit, before }: { limit: number; before: string | null },
  ): Promise<TaskSummary[]> {
    const rows = await query(this.#db, LIST, [organisationId, mode, before, limit, status, type]);
    return rows.map(taskSummary);
  }

  async rows(taskId: string, { outcome, after, afterLine, limit }: RowPage): Promise<EndedRow[]> {
    const rows = await query(this.#db, ROWS, [taskId, after, limit, outcome, afterLine]);
    return rows.map((row) => Row.parse(row));
  }

  /** Of whatever organisation: what the live view is built from. Throws `StorageUnavailable`. */
  async recorded(taskId: string): Promise<RecordedTask | null> {
    const [found] = await query(this.#db, RECORDED, [taskId]);
    if (found === undefined) return null;
    const row = Recorded.parse(found);
    return {
      task: {
        taskId: row.id,
        organisationId: row.organisation_id,
        type: row.type,
        mode: row.mode,
        parentId: row.parent_id,
        rows: row.rows,
        createdAt: row.created_at,
      },
      status: row.status,
      counts: row.counts,
      startedAt: row.started_at,
      finishedAt: row.finished_at,
      cancelRequestedAt: row.cancel_requested_at,
      failure: row.failure,
    };
  }
}
