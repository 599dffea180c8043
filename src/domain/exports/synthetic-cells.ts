import type { Company, Dirigeant } from "../companies/company.ts";
import { formeJuridiqueLabel } from "../companies/forme-juridique.ts";
import { nafLabel } from "../companies/naf.ts";
import { RESERVED_SIRENS } from "../companies/reserved-sirens.ts";
import { CompanyNotFound, EnrichmentUnavailable } from "../enrichment/errors.ts";
import { answerSynthetic } from "../enrichment/synthetic/answer-synthetic.ts";
import type { CompanyFilter } from "../search/company-filter.ts";
import { matchesFilter } from "../search/matches-filter.ts";
import { syntheticSummary } from "../search/synthetic-summary.ts";
import type { ColumnName } from "./columns.ts";
import type { Cell } from "./ports.ts";

/** A file does not wait for the one that answers slowly. */
const sleep = async (): Promise<void> => undefined;

function calledOf({ denomination, prenoms, nom, qualites }: Dirigeant): string[] {
  const called = denomination ?? [prenoms, nom].filter((part) => part !== null).join(" ");
  if (called === "") return [];
  return [qualites.length === 0 ? called : `${called} (${qualites.join(", ")})`];
}

function officerCells({ dirigeants }: Company) {
  const person = dirigeants.find(({ type }) => type === "personne_physique");
  return {
    dirigeants: dirigeants.flatMap(calledOf).join("; ") || null,
    dirigeant_naissance: person?.annee_naissance ?? null,
  };
}

function accountCells(company: Company) {
  const { chiffre_affaires, resultat, annee_comptes } = company;
  const accounts = company.details_financiers.find(({ annee }) => annee === annee_comptes);
  return {
    chiffre_affaires,
    resultat,
    annee_comptes,
    capitaux_propres: accounts?.capitaux_propres ?? null,
    excedent_brut_exploitation: accounts?.excedent_brut_exploitation ?? null,
  };
}

function placeCells({ siege }: Company) {
  return {
    siret_siege: siege?.siret ?? null,
    adresse: siege?.adresse ?? null,
    code_postal: siege?.code_postal ?? null,
    ville: siege?.ville ?? null,
    departement: siege?.departement ?? null,
    region: siege?.region ?? null,
  };
}

type Cells = Record<Exclude<ColumnName, "pipeline_status">, Cell>;

function cellsOf(company: Company): Cells {
  const { code_naf, forme_juridique: form, evenements, score } = company;
  return {
    siren: company.siren,
    nom_entreprise: company.nom_entreprise,
    statut: company.statut,
    diffusion: company.diffusion,
    code_naf,
    code_naf_2025: company.code_naf_2025,
    secteur_activite: code_naf === null ? null : nafLabel(code_naf),
    forme_juridique: form?.code ?? null,
    forme_juridique_libelle: form === null ? null : formeJuridiqueLabel(form.code),
    categorie_entreprise: company.categorie_entreprise,
    date_creation: company.date_creation,
    tranche_effectif: company.tranche_effectif?.code ?? null,
    tranche_effectif_min: company.tranche_effectif?.min ?? null,
    tranche_effectif_max: company.tranche_effectif?.max ?? null,
    effectif: company.effectif,
    ...accountCells(company),
    ...placeCells(company),
    ma_score: company.ma_score,
    score_confidence: score?.confidence ?? null,
    last_scraped_at: company.last_scraped_at,
    evenement_dernier_type: evenements[0]?.type ?? null,
    evenement_dernier_date: evenements[0]?.date ?? null,
    ...officerCells(company),
    // Test mode has no contacts but those of the very answer that asked for them.
    contact_nom: null,
    contact_fonction: null,
    contact_email: null,
    contact_telephone: null,
  };
}

/** A synthetic company as a row of a file; null: of those that stand for a company nobody knows, or an outage. */
export async function syntheticCells(siren: string): Promise<ReadonlyMap<string, Cell> | null> {
  if (!isReserved(siren)) return null;
  try {
    const { company } = await answerSynthetic({ sleep }, { siren, asked: [], provenance: false });
    return new Map(Object.entries(cellsOf(company)));
  } catch (error) {
    if (error instanceof CompanyNotFound || error instanceof EnrichmentUnavailable) return null;
    throw error;
  }
}

function isReserved(siren: string): boolean {
  return Object.values(RESERVED_SIRENS).some((reserved) => reserved === siren);
}

/** SIRENs of the synthetic companies that a filter has. `now`: ms. */
export async function syntheticMatches(filter: CompanyFilter, now: number): Promise<string[]> {
  const companies = await Promise.all(Object.values(RESERVED_SIRENS).map(syntheticSummary));
  const context = { now, reachable: new Set<string>() };
  return companies.flatMap((company) =>
    company !== null && matchesFilter(company, filter, context) ? [company.siren] : [],
  );
}
