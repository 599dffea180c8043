import { z } from "zod";
import type { AuditRecord } from "../../domain/audit/audit-record.ts";
import { MAX_NOTES, type Note } from "../../domain/pipeline/note.ts";
import type { NoteRef, NoteStore, Owner } from "../../domain/pipeline/ports.ts";
import { audited } from "./audited.ts";
import { authorColumns, authorOf } from "./author-columns.ts";
import { type Database, query, type Statement, transact } from "./database.ts";
import { readRows } from "./read-page.ts";

const Row = z.object({
  id: z.string(),
  siren: z.string(),
  body: z.string(),
  created_at: z.date(),
  updated_at: z.date(),
});

const OWN = "n.organisation_id = $1 and n.mode = $2 and n.siren = $3";
const COLUMNS = `n.id, n.siren, n.body, n.created_at, n.updated_at, ${authorColumns("n.author")}`;

const LIST = `
select ${COLUMNS} from notes n where ${OWN} and ($4::text is null or n.id < $4)
order by n.id desc nulls last limit $5`;

const FIND = `select ${COLUMNS} from notes n where ${OWN} and n.id = $4`;

/** One at a time per organisation: the next creation counts what the one before made. */
const LOCK = "select id from organisations where id = $1 for no key update";

const CREATE = `
insert into notes (id, organisation_id, mode, siren, body, author_kind, author_id, created_at, updated_at)
select $4, $1, $2, $3, $5, $6, $7, $8::timestamptz, $8::timestamptz
where (select count(*) from notes n where ${OWN}) < $9
on conflict (id) do nothing returning id`;

const CHANGE = `
update notes n set body = $5, updated_at = $6::timestamptz where ${OWN} and n.id = $4 returning ${COLUMNS}`;

const DELETE = `delete from notes n where ${OWN} and n.id = $4 returning n.id`;

function noteOf(found: unknown): Note {
  const row = Row.parse(found);
  return {
    id: row.id,
    siren: row.siren,
    body: row.body,
    author: authorOf(found),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

export class NoteRepository implements NoteStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async list(
    { organisationId, mode }: Owner,
    siren: string,
    page: { before: string | null; limit: number },
  ): Promise<Note[]> {
    const params = [organisationId, mode, siren, page.before, page.limit];
    const rows = await readRows(this.#db, { text: LIST, params });
    return rows.map(noteOf);
  }

  async find({ organisationId, mode }: Owner, { siren, id }: NoteRef): Promise<Note | null> {
    return this.#one({ text: FIND, params: [organisationId, mode, siren, id] });
  }

  async create(
    { siren, id, body }: NoteRef & { body: string },
    mode: Owner["mode"],
    record: AuditRecord,
  ): Promise<Note | null> {
    const { organisationId, actor, at } = record;
    const key = [organisationId, mode, siren, id];
    const params = [...key, body, actor.kind, actor.id, at, MAX_NOTES];
    const [row] = await transact(this.#db, [
      { text: LOCK, params: [organisationId] },
      audited({ text: CREATE, params }, record),
      { text: FIND, params: key },
    ]);
    return row === undefined ? null : noteOf(row);
  }

  async change(
    { siren, id, body }: NoteRef & { body: string },
    mode: Owner["mode"],
    record: AuditRecord,
  ): Promise<Note | null> {
    const params = [record.organisationId, mode, siren, id, body, record.at];
    return this.#one(audited({ text: CHANGE, params }, record));
  }

  async delete({ siren, id }: NoteRef, mode: Owner["mode"], record: AuditRecord): Promise<boolean> {
    const key = [record.organisationId, mode, siren, id];
    const { text, params } = audited({ text: DELETE, params: key }, record);
    return (await query(this.#db, text, params)).length > 0;
  }

  async #one({ text, params }: Statement): Promise<Note | null> {
    const [row] = await query(this.#db, text, params);
    return row === undefined ? null : noteOf(row);
  }
}
