import type { CompanyChange } from "../../domain/enrichment/ports.ts";
import type { Statement } from "./database.ts";

const UPSERT_COMPANY = `
insert into companies (siren, nom_entreprise, statut, diffusion, code_naf, code_naf_2025, forme_juridique,
  categorie_entreprise, date_creation, tranche_effectif, effectif, chiffre_affaires, resultat, ville, code_postal,
  departement, region, ma_score, score_confidence, score, facts_hash, first_seen_at, last_scraped_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $22)
on conflict (siren) do update set
  nom_entreprise = excluded.nom_entreprise, statut = excluded.statut, diffusion = excluded.diffusion,
  code_naf = excluded.code_naf, code_naf_2025 = excluded.code_naf_2025, forme_juridique = excluded.forme_juridique,
  categorie_entreprise = excluded.categorie_entreprise, date_creation = excluded.date_creation,
  tranche_effectif = excluded.tranche_effectif, effectif = excluded.effectif,
  chiffre_affaires = excluded.chiffre_affaires, resultat = excluded.resultat, ville = excluded.ville,
  code_postal = excluded.code_postal, departement = excluded.departement, region = excluded.region,
  ma_score = excluded.ma_score, score_confidence = excluded.score_confidence, score = excluded.score,
  facts_hash = excluded.facts_hash, last_scraped_at = excluded.last_scraped_at`;

// An older state never replaces a newer one, whatever the order in which two writers arrive.
const UPSERT_SOURCES = `
insert into company_sources (siren, source, state, retrieved_at, fresh_until)
select $1, s ->> 'source', s, (s ->> 'retrieved_at')::timestamptz, (s ->> 'fresh_until')::timestamptz
from jsonb_array_elements($2::jsonb) as s
on conflict (siren, source) do update
set state = excluded.state, retrieved_at = excluded.retrieved_at, fresh_until = excluded.fresh_until
where excluded.retrieved_at >= company_sources.retrieved_at`;

// The row of the company still has the previous hash: these run before it is updated. Facts that never change are
// written again before retention (36 months) takes their only snapshot.
const INSERT_SNAPSHOT = `
insert into snapshots (siren, scraped_at, facts_hash, facts)
select $1, $2::timestamptz, $3, $4::jsonb
where not exists (
  select 1 from companies c where c.siren = $1 and c.facts_hash = $3 and (
    c.first_seen_at > $2::timestamptz - interval '30 months'
    or exists (
      select 1 from snapshots s where s.siren = $1 and s.scraped_at > $2::timestamptz - interval '30 months')))
on conflict do nothing`;

const INSERT_SCORE = `
insert into scores (siren, computed_at, model, ma_score, score)
select $1, $2, $3, $4, $5::jsonb
where not exists (
  select 1 from scores last where last.siren = $1
    and last.computed_at = (select max(computed_at) from scores where siren = $1)
    and last.ma_score is not distinct from $4::smallint and last.model = $3
    and last.score -> 'contributions' = $5::jsonb -> 'contributions')
on conflict do nothing`;

interface Projection {
  table: string;
  key: string;
  columns: string;
}

const PROJECTIONS: Record<"establishments" | "finances" | "officers" | "events", Projection> = {
  establishments: {
    table: "establishments",
    key: "siret",
    columns: `siret text, siege boolean, actif boolean, enseigne text, code_naf text, adresse text, code_postal text,
      ville text, date_creation date, date_fermeture date`,
  },
  finances: {
    table: "finances",
    key: "annee",
    columns: `annee smallint, cloture date, chiffre_affaires double precision, resultat double precision,
      excedent_brut_exploitation double precision, effectif integer, tresorerie double precision,
      dettes_financieres double precision, capitaux_propres double precision, comptes text, confidentialite text`,
  },
  officers: {
    table: "officers",
    key: "position",
    columns: `position smallint, type text, nom text, prenoms text, annee_naissance smallint, siren_dirigeant text,
      denomination text, qualites text[], depuis date, collected_at timestamptz`,
  },
  events: {
    table: "events",
    key: "position",
    columns: `position smallint, type text, date date, titre text, reference text, montant double precision, source text`,
  },
};

/** Makes the rows of one company in one table be exactly `rows`: new ones in, changed ones over, gone ones out. */
function replaceRows({ table, key, columns }: Projection, siren: string, rows: unknown[]): Statement {
  const names = columns.split(",").map((column) => column.trim().split(/\s+/)[0] ?? "");
  const updates = names.filter((name) => name !== key).map((name) => `${name} = excluded.${name}`);
  const text = `
with input as (select * from jsonb_to_recordset($2::jsonb) as x(${columns})),
gone as (delete from ${table} where siren = $1 and ${key} not in (select ${key} from input))
insert into ${table} (siren, ${names.join(", ")}) select $1, ${names.join(", ")} from input
on conflict (siren, ${key}) do update set ${updates.join(", ")}`;
  return { text, params: [siren, JSON.stringify(rows)] };
}

/** Whole euros: the column serves searches and sorts, the accounts keep every cent. */
function euros(amount: number | null): number | null {
  return amount === null ? null : Math.round(amount);
}

function companyRow({ siren, at, facts, factsHash, score }: CompanyChange): Statement {
  const params = [
    siren,
    facts.nom_entreprise,
    facts.statut,
    facts.diffusion,
    facts.code_naf,
    facts.code_naf_2025,
    facts.forme_juridique?.code ?? null,
    facts.categorie_entreprise,
    facts.date_creation,
    facts.tranche_effectif?.code ?? null,
    facts.effectif,
    euros(facts.chiffre_affaires),
    euros(facts.resultat),
    facts.siege?.ville ?? null,
    facts.siege?.code_postal ?? null,
    facts.siege?.departement ?? null,
    facts.siege?.region ?? null,
    score.ma_score,
    score.confidence,
    JSON.stringify(score),
    factsHash,
    at,
  ];
  return { text: UPSERT_COMPANY, params };
}

/** The statements that keep one refresh, in the order in which they must run. */
export function saveStatements(change: CompanyChange): Statement[] {
  const { siren, at, facts, factsHash, score } = change;
  const officers = facts.dirigeants.map(({ siren: sirenDirigeant, ...officer }, position) => {
    return { ...officer, siren_dirigeant: sirenDirigeant, position, collected_at: at };
  });
  return [
    { text: INSERT_SNAPSHOT, params: [siren, at, factsHash, JSON.stringify(facts)] },
    companyRow(change),
    { text: UPSERT_SOURCES, params: [siren, JSON.stringify(change.states)] },
    replaceRows(PROJECTIONS.establishments, siren, facts.etablissements),
    replaceRows(PROJECTIONS.finances, siren, facts.details_financiers),
    replaceRows(PROJECTIONS.officers, siren, officers),
    replaceRows(
      PROJECTIONS.events,
      siren,
      facts.evenements.map((event, position) => ({ ...event, position })),
    ),
    { text: INSERT_SCORE, params: [siren, at, score.model, score.ma_score, JSON.stringify(score)] },
  ];
}
