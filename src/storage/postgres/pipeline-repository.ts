import { z } from "zod";
import type { AuditRecord } from "../../domain/audit/audit-record.ts";
import type {
  CompanyStatus,
  Owner,
  PipelineEntry,
  PipelinePage,
  StatusStore,
} from "../../domain/pipeline/ports.ts";
import { PIPELINE_STATUSES, statusCounts, type StatusCounts } from "../../domain/pipeline/status.ts";
import { audited } from "./audited.ts";
import { authorColumns, authorOf } from "./author-columns.ts";
import { SUMMARY_COLUMNS } from "./company-search-statements.ts";
import { companySummaryOf } from "./company-summary-row.ts";
import { type Database, query, transact } from "./database.ts";
import { readRows } from "./read-page.ts";

const Row = z.object({ entry_siren: z.string(), status: z.enum(PIPELINE_STATUSES), changed_at: z.date() });
const CountRow = z.object({ status: z.enum(PIPELINE_STATUSES), companies: z.number() });
const Joined = z.object({ siren: z.string().nullable() });

const OWN = "p.organisation_id = $1 and p.mode = $2";
const COLUMNS = `p.siren as entry_siren, p.status, p.changed_at, ${authorColumns("p.changed_by")}`;

const FIND = `select ${COLUMNS} from pipeline_statuses p where ${OWN} and p.siren = $3`;

/** One at a time per organisation: the status that a change comes from is the one before it. */
const LOCK = "select id from organisations where id = $1 for no key update";

const WAS = `was as (select p.status from pipeline_statuses p where ${OWN} and p.siren = $3)`;

const SET = `
insert into pipeline_statuses as p (organisation_id, mode, siren, status, changed_by_kind, changed_by_id, changed_at)
values ($1, $2, $3, $4, $5, $6, $7::timestamptz)
on conflict (organisation_id, mode, siren) do update set status = excluded.status,
  changed_by_kind = excluded.changed_by_kind, changed_by_id = excluded.changed_by_id, changed_at = excluded.changed_at
where p.status <> excluded.status
returning (select status from was) as previous`;

const CLEAR = `delete from pipeline_statuses p where ${OWN} and p.siren = $3 returning p.status as previous`;

const FROM = "jsonb_build_object('from', one.previous)";

/** Each status has its order in the index: what is wanted of each, and of those the first. */
const LIST = `
select ${COLUMNS}, ${SUMMARY_COLUMNS} from (
  select found.* from unnest($3::text[]) as wanted (status) cross join lateral (
    select p.* from pipeline_statuses p
    where ${OWN} and p.status = wanted.status and p.changed_at <= coalesce($4::timestamptz, 'infinity')
      and (p.changed_at < coalesce($4::timestamptz, 'infinity') or p.siren > $5)
    order by p.changed_at desc nulls last, p.siren limit $6) found
  order by found.changed_at desc, found.siren limit $6) p
left join companies c on c.siren = p.siren and p.mode = 'live'
order by p.changed_at desc, p.siren`;

const COUNT = `
select p.status, count(*)::int as companies from pipeline_statuses p where ${OWN} group by p.status`;

function statusOf(found: unknown): CompanyStatus {
  const { entry_siren: siren, status, changed_at } = Row.parse(found);
  return { siren, status, changedAt: changed_at.toISOString(), changedBy: authorOf(found) };
}

export class PipelineRepository implements StatusStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async find({ organisationId, mode }: Owner, siren: string): Promise<CompanyStatus | null> {
    const [row] = await query(this.#db, FIND, [organisationId, mode, siren]);
    return row === undefined ? null : statusOf(row);
  }

  async set(
    { siren, status }: Pick<CompanyStatus, "siren" | "status">,
    mode: Owner["mode"],
    record: AuditRecord,
  ): Promise<CompanyStatus> {
    const { organisationId, actor, at } = record;
    const key = [organisationId, mode, siren];
    const set = { text: SET, params: [...key, status, actor.kind, actor.id, at], learned: FROM };
    const [row] = await transact(this.#db, [
      { text: LOCK, params: [organisationId] },
      audited(set, record, [WAS]),
      { text: FIND, params: key },
    ]);
    return statusOf(row);
  }

  async clear(siren: string, mode: Owner["mode"], record: AuditRecord): Promise<void> {
    const key = [record.organisationId, mode, siren];
    const { text, params } = audited({ text: CLEAR, params: key, learned: FROM }, record);
    await query(this.#db, text, params);
  }

  async list(
    { organisationId, mode }: Owner,
    { statuses, after, limit }: PipelinePage,
  ): Promise<PipelineEntry[]> {
    const place = after === null ? [null, null] : [new Date(after.changedAt).toISOString(), after.siren];
    const params = [organisationId, mode, statuses, ...place, limit];
    const rows = await readRows(this.#db, { text: LIST, params });
    return rows.map((row) => ({
      ...statusOf(row),
      company: Joined.parse(row).siren === null ? null : companySummaryOf(row),
    }));
  }

  async count({ organisationId, mode }: Owner): Promise<StatusCounts> {
    const rows = await readRows(this.#db, { text: COUNT, params: [organisationId, mode] });
    return statusCounts(rows.map((row) => CountRow.parse(row)));
  }
}
