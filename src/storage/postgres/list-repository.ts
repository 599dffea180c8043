import { z } from "zod";
import type { AuditRecord } from "../../domain/audit/audit-record.ts";
import {
  type Addition,
  type CompanyList,
  type ListedCompany,
  MAX_LIST_COMPANIES,
  MAX_LISTS,
} from "../../domain/pipeline/company-list.ts";
import type { ListChange, ListStore, NewList, Owner } from "../../domain/pipeline/ports.ts";
import { PIPELINE_STATUSES } from "../../domain/pipeline/status.ts";
import { audited } from "./audited.ts";
import { authorColumns, authorOf } from "./author-columns.ts";
import { SUMMARY_COLUMNS } from "./company-search-statements.ts";
import { companySummaryOf } from "./company-summary-row.ts";
import { type Database, query, transact } from "./database.ts";
import { readRows } from "./read-page.ts";

const Row = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  watched: z.boolean(),
  companies: z.number(),
  created_at: z.date(),
  updated_at: z.date(),
});
const CompanyRow = z.object({
  listed_siren: z.string(),
  added_at: z.date(),
  status: z.enum(PIPELINE_STATUSES).nullable(),
  siren: z.string().nullable(),
});
const AdditionRow = z.object({ added: z.number(), present: z.number(), companies: z.number() });

const OWN = "l.organisation_id = $1 and l.mode = $2";
const COLUMNS = `l.id, l.name, l.description, l.watched, l.created_at, l.updated_at, ${authorColumns("l.created_by")},
  (select count(*)::int from list_companies x where x.list_id = l.id) as companies`;

const LIST = `
select ${COLUMNS} from lists l where ${OWN} and ($3::text is null or l.id < $3)
order by l.id desc nulls last limit $4`;

const FIND = `select ${COLUMNS} from lists l where ${OWN} and l.id = $3`;

/** One at a time per organisation: the next one sees how many lists there are, and their names. */
const LOCK = "select id from organisations where id = $1 for no key update";

const CREATE = `
insert into lists
  (id, organisation_id, mode, name, description, watched, created_by_kind, created_by_id, created_at, updated_at)
select $3, $1, $2, $4, $5, $6::boolean, $7, $8, $9::timestamptz, $9::timestamptz
where (select count(*) from lists l where ${OWN}) < $10
on conflict do nothing returning id`;

const CHANGE = `
update lists l set name = coalesce($4, l.name),
  description = case when $5::boolean then $6 else l.description end,
  watched = coalesce($7::boolean, l.watched), updated_at = $8::timestamptz
where ${OWN} and l.id = $3
  and not exists (select 1 from lists o where o.organisation_id = $1 and o.mode = $2 and lower(o.name) = lower($4) and o.id <> $3)
returning l.id`;

/** The list itself, and the one that has the name. */
const WITH_NAMESAKE = `
select ${COLUMNS} from lists l where ${OWN} and (l.id = $3 or lower(l.name) = lower($4::text))`;

const DELETE = `delete from lists l where ${OWN} and l.id = $3 returning l.id`;

const COMPANIES = `
select x.siren as listed_siren, x.added_at, p.status, ${SUMMARY_COLUMNS} from (
  select x.siren, x.added_at, l.organisation_id, l.mode
  from lists l join list_companies x on x.list_id = l.id
  where ${OWN} and l.id = $3 and x.siren > coalesce($4, '')
  order by x.siren limit $5) x
left join pipeline_statuses p on p.organisation_id = x.organisation_id and p.mode = x.mode and p.siren = x.siren
left join companies c on c.siren = x.siren and x.mode = 'live'
order by x.siren`;

/** One at a time per list: the next one counts what the one before added. */
const LOCK_LIST = `select l.id from lists l where ${OWN} and l.id = $3 for no key update`;

const FRESH = `fresh as (
  select wanted.siren from unnest($4::text[]) as wanted (siren)
  where not exists (select 1 from list_companies x where x.list_id = $3 and x.siren = wanted.siren))`;

const ADD = `
insert into list_companies (list_id, siren, added_at)
select l.id, fresh.siren, $5::timestamptz from lists l cross join fresh
where ${OWN} and l.id = $3
  and (select count(*) from list_companies x where x.list_id = $3) + (select count(*) from fresh) <= $6
returning siren`;

/** What this very transaction wrote is what it added. */
const ADDED = `
select count(x.siren)::int as companies,
  count(*) filter (where x.siren = any($4::text[]))::int as present,
  count(*) filter (where x.xmin = pg_current_xact_id()::xid)::int as added
from lists l left join list_companies x on x.list_id = l.id
where ${OWN} and l.id = $3 group by l.id`;

const REMOVE = `
delete from list_companies x using lists l
where ${OWN} and l.id = $3 and x.list_id = l.id and x.siren = $4 returning x.siren`;

function listOf(found: unknown): CompanyList {
  const row = Row.parse(found);
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    watched: row.watched,
    companies: row.companies,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    createdBy: authorOf(found),
  };
}

function listedOf(found: unknown): ListedCompany {
  const { listed_siren, added_at, status, siren } = CompanyRow.parse(found);
  const company = siren === null ? null : companySummaryOf(found);
  return { siren: listed_siren, addedAt: added_at.toISOString(), status, company };
}

export class ListRepository implements ListStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async list(
    { organisationId, mode }: Owner,
    page: { before: string | null; limit: number },
  ): Promise<CompanyList[]> {
    const params = [organisationId, mode, page.before, page.limit];
    const rows = await readRows(this.#db, { text: LIST, params });
    return rows.map(listOf);
  }

  async find({ organisationId, mode }: Owner, id: string): Promise<CompanyList | null> {
    const [row] = await query(this.#db, FIND, [organisationId, mode, id]);
    return row === undefined ? null : listOf(row);
  }

  async create(
    { id, name, description, watched }: NewList,
    mode: Owner["mode"],
    record: AuditRecord,
  ): Promise<CompanyList | "name_taken" | "too_many"> {
    const { organisationId, actor, at } = record;
    const key = [organisationId, mode, id, name];
    const params = [...key, description, watched, actor.kind, actor.id, at, MAX_LISTS];
    const rows = await transact(this.#db, [
      { text: LOCK, params: [organisationId] },
      audited({ text: CREATE, params }, record),
      { text: WITH_NAMESAKE, params: key },
    ]);
    const lists = rows.map(listOf);
    return lists.find((one) => one.id === id) ?? (lists.length > 0 ? "name_taken" : "too_many");
  }

  async change(
    change: ListChange & { id: string },
    mode: Owner["mode"],
    record: AuditRecord,
  ): Promise<CompanyList | "name_taken" | null> {
    const { id, name = null, description, watched = null } = change;
    const { organisationId, at } = record;
    const key = [organisationId, mode, id, name];
    const described = [description !== undefined, description ?? null];
    const rows = await transact(this.#db, [
      { text: LOCK, params: [organisationId] },
      audited({ text: CHANGE, params: [...key, ...described, watched, at] }, record),
      { text: WITH_NAMESAKE, params: key },
    ]);
    const lists = rows.map(listOf);
    const own = lists.find((one) => one.id === id);
    if (own === undefined) return null;
    return lists.length > 1 ? "name_taken" : own;
  }

  async delete(id: string, mode: Owner["mode"], record: AuditRecord): Promise<boolean> {
    return this.#acted(DELETE, [record.organisationId, mode, id], record);
  }

  async companies(
    { organisationId, mode }: Owner,
    id: string,
    page: { after: string | null; limit: number },
  ): Promise<ListedCompany[]> {
    const params = [organisationId, mode, id, page.after, page.limit];
    const rows = await readRows(this.#db, { text: COMPANIES, params });
    return rows.map(listedOf);
  }

  async add(
    { id, sirens }: { id: string; sirens: string[] },
    mode: Owner["mode"],
    record: AuditRecord,
  ): Promise<Addition | null> {
    const list = [record.organisationId, mode, id];
    const params = [...list, sirens, record.at, MAX_LIST_COMPANIES];
    const learned = "jsonb_build_object('added', (select count(*) from act))";
    const [row] = await transact(this.#db, [
      { text: LOCK_LIST, params: list },
      audited({ text: ADD, params, learned }, record, [FRESH]),
      { text: ADDED, params: [...list, sirens] },
    ]);
    return row === undefined ? null : AdditionRow.parse(row);
  }

  async remove(
    { id, siren }: { id: string; siren: string },
    mode: Owner["mode"],
    record: AuditRecord,
  ): Promise<boolean> {
    return this.#acted(REMOVE, [record.organisationId, mode, id, siren], record);
  }

  async #acted(statement: string, own: string[], record: AuditRecord): Promise<boolean> {
    const { text, params } = audited({ text: statement, params: own }, record);
    return (await query(this.#db, text, params)).length > 0;
  }
}
