import type { AuditRecord } from "../../domain/audit/audit-record.ts";
import type { CollectedContact, ContactPlace, ContactStore } from "../../domain/enrichment/ports.ts";
import type { ContactPages } from "../../domain/search/ports.ts";
import { auditInsert } from "./audited.ts";
import { type Database, query, transact } from "./database.ts";

interface Row {
  profil: string;
  nom: string;
  fonction: string | null;
  email_professionnel: string | null;
  telephone: string | null;
  source: string;
  collected_at: Date;
  fresh_until: Date;
}

const LIST = `
select profil, nom, fonction, email_professionnel, telephone, source, collected_at, fresh_until
from contacts where organisation_id = $1 and siren = $2 order by nom, profil`;

const LIST_MANY = `
select siren, profil, nom, fonction, email_professionnel, telephone, source, collected_at, fresh_until
from contacts where organisation_id = $1 and siren = any($2::text[]) order by nom, profil`;

const SAVE = `
insert into contacts (organisation_id, siren, profil, nom, fonction, email_professionnel, telephone, source,
  collected_at, fresh_until)
select $1, $2, x.linkedin, x.nom, x.fonction, x.email_professionnel, x.telephone, x.source, x.collected_at, x.fresh_until
from jsonb_to_recordset($3::jsonb) as x(linkedin text, nom text, fonction text, email_professionnel text,
  telephone text, source text, collected_at timestamptz, fresh_until timestamptz)
on conflict (organisation_id, siren, profil) do update set
  nom = excluded.nom, fonction = excluded.fonction, email_professionnel = excluded.email_professionnel,
  telephone = excluded.telephone, source = excluded.source, collected_at = excluded.collected_at,
  fresh_until = excluded.fresh_until`;

function contactOf({ profil, collected_at, fresh_until, ...row }: Row): CollectedContact {
  return {
    ...row,
    linkedin: profil,
    collected_at: collected_at.toISOString(),
    fresh_until: fresh_until.toISOString(),
  };
}

export class ContactRepository implements ContactStore, ContactPages {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async list(organisationId: string, siren: string): Promise<CollectedContact[]> {
    const rows = await query<Row>(this.#db, LIST, [organisationId, siren]);
    return rows.map(contactOf);
  }

  async listMany(organisationId: string, sirens: string[]): Promise<Map<string, CollectedContact[]>> {
    const rows = await query<Row & { siren: string }>(this.#db, LIST_MANY, [organisationId, sirens]);
    const found = new Map<string, CollectedContact[]>();
    for (const { siren, ...row } of rows) found.set(siren, [...(found.get(siren) ?? []), contactOf(row)]);
    return found;
  }

  async save(
    { organisationId, siren }: ContactPlace,
    contacts: CollectedContact[],
    records: AuditRecord[],
  ): Promise<void> {
    const save = { text: SAVE, params: [organisationId, siren, JSON.stringify(contacts)] };
    await transact(this.#db, [save, ...records.map(auditInsert)]);
  }
}
