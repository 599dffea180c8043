import type { Company } from "../companies/company.ts";
import { CompanyNotFound, EnrichmentUnavailable } from "../enrichment/errors.ts";
import { answerSynthetic } from "../enrichment/synthetic/answer-synthetic.ts";
import type { CompanySummary } from "./company-filter.ts";

/** A list does not wait for the one that answers slowly. */
const sleep = async (): Promise<void> => undefined;

function trancheOf({ tranche_effectif: band }: Company): CompanySummary["tranche_effectif"] {
  return band === null ? null : { code: band.code, min: band.min, max: band.max };
}

/** What the columns of its row would say. */
function summaryOf(company: Company): CompanySummary {
  const { siege, score } = company;
  return {
    siren: company.siren,
    nom_entreprise: company.nom_entreprise,
    statut: company.statut,
    diffusion: company.diffusion,
    code_naf: company.code_naf,
    code_naf_2025: company.code_naf_2025,
    secteur_activite: company.secteur_activite,
    forme_juridique: company.forme_juridique,
    categorie_entreprise: company.categorie_entreprise,
    date_creation: company.date_creation,
    tranche_effectif: trancheOf(company),
    effectif: company.effectif,
    chiffre_affaires: company.chiffre_affaires,
    resultat: company.resultat,
    code_postal: siege?.code_postal ?? null,
    ville: siege?.ville ?? null,
    departement: siege?.departement ?? null,
    region: siege?.region ?? null,
    ma_score: company.ma_score,
    score_confidence: score?.confidence ?? null,
    last_scraped_at: company.last_scraped_at,
  };
}

/** What a test key sees of a reserved SIREN; null: of those that stand for a company nobody knows, or an outage. */
export async function syntheticSummary(siren: string): Promise<CompanySummary | null> {
  try {
    const { company } = await answerSynthetic({ sleep }, { siren, asked: [], provenance: false });
    return summaryOf(company);
  } catch (error) {
    if (error instanceof CompanyNotFound || error instanceof EnrichmentUnavailable) return null;
    throw error;
  }
}
