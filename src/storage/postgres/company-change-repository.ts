import { z } from "zod";
import { type Change, CHANGE_KINDS, shownFields } from "../../domain/pipeline/change.ts";
import { FieldChange } from "../../domain/pipeline/diff-facts.ts";
import type { Owner } from "../../domain/pipeline/ports.ts";
import { type Database, query } from "./database.ts";
import { readRows } from "./read-page.ts";
import { SqlParams } from "./sql-params.ts";

/** Changes of one organisation; null: any. */
interface ChangeFilter {
  siren: string | null;
  /** One of the owner's: whoever asks has made sure. */
  listId: string | null;
  /** RFC 3339: noticed then, or later. */
  since: string | null;
}

export interface ListedChange extends Change {
  nomEntreprise: string | null;
}

const Row = z
  .object({
    id: z.string(),
    organisation_id: z.string(),
    siren: z.string(),
    at: z.date(),
    changes: z.object({ kind: z.enum(CHANGE_KINDS), fields: z.array(FieldChange) }),
    score_before: z.int().nullable(),
    score_after: z.int().nullable(),
    nom_entreprise: z.string().nullable(),
    diffusion: z.string().nullable(),
  })
  .transform((row): ListedChange => ({
    id: row.id,
    organisationId: row.organisation_id,
    siren: row.siren,
    at: row.at.toISOString(),
    kind: row.changes.kind,
    fields: shownFields(row.changes.fields, row.diffusion),
    scoreBefore: row.score_before,
    scoreAfter: row.score_after,
    nomEntreprise: row.nom_entreprise,
  }));

const PURGE = `
delete from company_changes where id in (
  select id from company_changes where at < $1::timestamptz limit $2) returning id`;

/** What was noticed of watched companies. Throws `StorageUnavailable`. */
export class CompanyChangeRepository {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Newest first; `before`: an id, for what follows it. Throws `DiscoveryRefused` when there is too much to read. */
  async list(
    { organisationId, mode }: Owner,
    { siren, listId, since }: ChangeFilter,
    { limit, before }: { limit: number; before: string | null },
  ): Promise<ListedChange[]> {
    const params = new SqlParams();
    const conditions = [
      `ch.organisation_id = ${params.add(organisationId)} and ch.mode = ${params.add(mode)}`,
      ...(siren === null ? [] : [`ch.siren = ${params.add(siren)}`]),
      ...(listId === null
        ? []
        : [`ch.siren in (select siren from list_companies where list_id = ${params.add(listId)})`]),
      ...(since === null ? [] : [`ch.at >= ${params.add(since)}::timestamptz`]),
      ...(before === null ? [] : [`ch.id < ${params.add(before)}`]),
    ];
    const text = `
      select ch.id, ch.organisation_id, ch.siren, ch.at, ch.changes, ch.score_before, ch.score_after,
        c.nom_entreprise, c.diffusion
      from company_changes ch left join companies c on c.siren = ch.siren
      where ${conditions.join(" and ")} order by ch.id desc limit ${params.add(limit)}`;
    const rows = await readRows(this.#db, { text, params: params.values });
    return rows.map((row) => Row.parse(row));
  }

  /** Of those noticed before a moment (RFC 3339), some; how many. */
  async purge(before: string, atMost: number): Promise<number> {
    return (await query(this.#db, PURGE, [before, atMost])).length;
  }
}
