import { z } from "zod";
import type { AuditRecord } from "../../domain/audit/audit-record.ts";
import {
  type ExportFilter,
  type ExportStore,
  type ExportViewer,
  type Measured,
  MOST_OPEN,
  type NewExport,
} from "../../domain/exports/export-access.ts";
import type { Export, ExportOrder } from "../../domain/exports/export.ts";
import type { CompanyFilter } from "../../domain/search/company-filter.ts";
import { audited } from "./audited.ts";
import { estimateStatement } from "./company-search-statements.ts";
import { type Database, query, transact } from "./database.ts";
import { exportOf } from "./stored-export.ts";

const COLUMNS = `id, organisation_id, mode, actor_kind, actor_id, request_id, format, selection, columns, options,
  status, estimated_rows, rows, bytes, digest, object_key, counts, failure, created_at, started_at, finished_at,
  expires_at, cancel_requested_at`;

const FIND_ANY = `select ${COLUMNS} from exports where id = $1`;

/** $1 organisation, $2 mode of the viewer */
const VISIBLE = "organisation_id = $1 and ($2 = 'live' or mode = $2)";

const FIND = `select ${COLUMNS} from exports where ${VISIBLE} and id = $3`;

const LIST = `
select ${COLUMNS} from exports
where ${VISIBLE} and ($3::text is null or id < $3) and ($5::text is null or status = $5)
  and ($6::text is null or format = $6)
order by id desc limit $4`;

/** One at a time per organisation: the next order finds, and counts, what the one before made. */
const LOCK = "select id from organisations where id = $1 for no key update";

/** $1 organisation, $2 fingerprint, $3 since when, or null, $4 now */
const SAME = `organisation_id = $1 and fingerprint = $2 and created_at >= $3::timestamptz
  and (status in ('queued', 'running')
    or status = 'completed' and object_key is not null and expires_at > $4::timestamptz)`;

const INSERT = `
insert into exports (id, organisation_id, mode, actor_kind, actor_id, request_id, format, selection, columns, options,
  secret, fingerprint, status, estimated_rows, created_at)
select $5, $1, $6, $7, $8, $9, $10, $11::jsonb, $12::text[], $13::jsonb, $14, $2, 'queued', $15::int, $4::timestamptz
where not exists (select from exports where ${SAME})
  and (select count(*) from exports where organisation_id = $1 and mode = $6 and status in ('queued', 'running')) < $16
on conflict (id) do nothing returning id`;

const MADE = `
select ${COLUMNS} from exports where organisation_id = $1 and id = $5 or ${SAME}
order by id = $5 desc, created_at desc limit 1`;

const CANCEL = `
update exports set status = 'cancelled', cancel_requested_at = $4::timestamptz, finished_at = $4::timestamptz,
  secret = null, lease_id = null, leased_until = null, writer = null
where ${VISIBLE} and id = $3 and status in ('queued', 'running') returning id`;

const TASK = `
select status in ('completed', 'cancelled', 'failed') as ended, (
  select count(distinct siren)::int from task_rows
  where task_id = t.id and siren is not null and outcome in ('enriched', 'partial')) as rows
from tasks t where organisation_id = $1 and mode = $2 and id = $3`;

const LIST_SIZE = `
select m.rows, m.last_at from lists l, lateral (
  select count(*)::int as rows, max(added_at)::text as last_at from list_companies where list_id = l.id) m
where organisation_id = $1 and mode = $2 and id = $3`;

const TaskSize = z.object({ ended: z.boolean(), rows: z.int() });
const ListSize = z.object({ rows: z.int(), last_at: z.string().nullable() });
const Plan = z.object({
  "QUERY PLAN": z.tuple([z.object({ Plan: z.object({ "Plan Rows": z.number() }) })]),
});

/** What requests read and change of exports; what makes the file has a repository of its own. */
export class ExportRepository implements ExportStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async measure({ organisationId, mode, selection, createdAt }: ExportOrder): Promise<Measured | null> {
    const owner = [organisationId, mode];
    if (selection.kind === "task") {
      const [found] = await query(this.#db, TASK, [...owner, selection.task_id]);
      if (found === undefined) return null;
      const { ended, rows } = TaskSize.parse(found);
      return { rows, version: ended ? "ended" : null };
    }
    if (selection.kind === "list") {
      const [found] = await query(this.#db, LIST_SIZE, [...owner, selection.list_id]);
      if (found === undefined) return null;
      const { rows, last_at } = ListSize.parse(found);
      return { rows, version: `${rows}:${last_at}` };
    }
    const rows =
      mode === "test" ? null : await this.#estimate(selection.filter, { organisationId, createdAt });
    return { rows, version: "" };
  }

  async create(made: NewExport, record: AuditRecord): Promise<Export | null> {
    const same = [made.organisationId, made.fingerprint, made.unlessSince, made.createdAt];
    const params = [
      ...same,
      made.id,
      made.mode,
      made.actor.kind,
      made.actor.id,
      made.requestId,
      made.format,
      JSON.stringify(made.selection),
      made.columns,
      JSON.stringify(made.options),
      made.secret,
      made.estimatedRows,
      MOST_OPEN,
    ];
    const [row] = await transact(this.#db, [
      { text: LOCK, params: [made.organisationId] },
      audited({ text: INSERT, params }, record),
      { text: MADE, params: [...same, made.id] },
    ]);
    return row === undefined ? null : exportOf(row);
  }

  async find({ organisationId, mode }: ExportViewer, id: string): Promise<Export | null> {
    const [row] = await query(this.#db, FIND, [organisationId, mode, id]);
    return row === undefined ? null : exportOf(row);
  }

  async findAny(id: string): Promise<Export | null> {
    const [row] = await query(this.#db, FIND_ANY, [id]);
    return row === undefined ? null : exportOf(row);
  }

  async list(
    { organisationId, mode }: ExportViewer,
    { status, format }: ExportFilter,
    { limit, before }: { limit: number; before: string | null },
  ): Promise<Export[]> {
    const rows = await query(this.#db, LIST, [
      organisationId,
      mode,
      before,
      limit,
      status ?? null,
      format ?? null,
    ]);
    return rows.map(exportOf);
  }

  async cancel({ organisationId, mode }: ExportViewer, id: string, record: AuditRecord): Promise<boolean> {
    const params = [organisationId, mode, id, record.at];
    const { text, params: all } = audited({ text: CANCEL, params }, record);
    return (await query(this.#db, text, all)).length > 0;
  }

  async #estimate(
    filter: CompanyFilter,
    { organisationId, createdAt }: Pick<ExportOrder, "organisationId" | "createdAt">,
  ): Promise<number> {
    const { text, params } = estimateStatement(filter, { organisationId, now: Date.parse(createdAt) });
    const [row] = await query(this.#db, text, params);
    return Math.round(Plan.parse(row)["QUERY PLAN"][0].Plan["Plan Rows"]);
  }
}
