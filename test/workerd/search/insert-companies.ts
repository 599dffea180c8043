import { mintSiren } from "../../support/mint-siren.ts";
import { database } from "../../support/world.ts";

/** Columns of `companies`; what is left out is unknown. */
export interface CompanyRow {
  siren: string;
  nom_entreprise?: string | null;
  statut?: string | null;
  code_naf?: string | null;
  code_naf_2025?: string | null;
  forme_juridique?: string | null;
  date_creation?: string | null;
  tranche_effectif?: string | null;
  effectif?: number | null;
  chiffre_affaires?: number | null;
  ville?: string | null;
  code_postal?: string | null;
  departement?: string | null;
  region?: string | null;
  ma_score?: number | null;
  last_scraped_at?: string;
}

export async function insertCompanies(rows: readonly CompanyRow[]): Promise<void> {
  const made = rows.map((row) => ({ last_scraped_at: "2026-11-20T09:00:00.000Z", ...row }));
  await database().query(
    `insert into companies (siren, diffusion, score, facts_hash, first_seen_at, last_scraped_at, nom_entreprise, statut,
       code_naf, code_naf_2025, forme_juridique, date_creation, tranche_effectif, effectif, chiffre_affaires, ville,
       code_postal, departement, region, ma_score)
     select siren, 'complete', '{}', '', last_scraped_at, last_scraped_at, nom_entreprise, statut,
       code_naf, code_naf_2025, forme_juridique, date_creation, tranche_effectif, effectif, chiffre_affaires, ville,
       code_postal, departement, region, ma_score
     from jsonb_populate_recordset(null::companies, $1::jsonb)`,
    [JSON.stringify(made)],
  );
}

export async function deleteCompanies(sirens: readonly string[]): Promise<void> {
  await database().query("delete from companies where siren = any($1::text[])", [sirens]);
}

export async function insertContact(
  organisationId: string,
  siren: string,
  reach: { email?: string; telephone?: string } = {},
): Promise<void> {
  await database().query(
    `insert into contacts (organisation_id, siren, profil, nom, email_professionnel, telephone, source, collected_at, fresh_until)
     values ($1, $2, 'profil', 'Camille EXEMPLE', $3, $4, 'kaspr', '2026-11-20T09:00:00Z', '2027-11-20T09:00:00Z')`,
    [organisationId, siren, reach.email ?? null, reach.telephone ?? null],
  );
}

/** A word, and companies that have it in their name and nothing else in common. */
export function mintCohort(seed: string, count: number): { word: string; rows: CompanyRow[] } {
  const word = `zq${mintSiren(seed)}`;
  const rows = Array.from({ length: count }, (_, index) => ({
    siren: mintSiren(`${seed} ${index}`),
    nom_entreprise: `Ateliers ${String(index).padStart(3, "0")} ${word}`,
    ma_score: index % 7 === 0 ? null : index % 100,
  }));
  return { word, rows };
}
