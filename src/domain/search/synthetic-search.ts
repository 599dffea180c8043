import type { Company } from "../companies/company.ts";
import { RESERVED_SIRENS } from "../companies/reserved-sirens.ts";
import { CompanyNotFound, EnrichmentUnavailable } from "../enrichment/errors.ts";
import { answerSynthetic } from "../enrichment/synthetic/answer-synthetic.ts";
import type { CompanySummary } from "./company-filter.ts";
import { comparePlaces, isRanked, placeOf } from "./company-order.ts";
import { matchesFilter } from "./matches-filter.ts";
import type { CompanySearch, FoundPage, SearchQuery } from "./ports.ts";

const deps = { sleep: async (): Promise<void> => undefined };

async function inventedCompany(siren: string): Promise<Company | null> {
  try {
    return (await answerSynthetic(deps, { siren, asked: [], provenance: false })).company;
  } catch (error) {
    // Some of the reserved SIRENs stand for what is not there, or not to be had.
    if (error instanceof CompanyNotFound || error instanceof EnrichmentUnavailable) return null;
    throw error;
  }
}

function summaryOf(company: Company): CompanySummary {
  const { siege, tranche_effectif: band } = company;
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
    tranche_effectif: band === null ? null : { code: band.code, min: band.min, max: band.max },
    effectif: company.effectif,
    chiffre_affaires: company.chiffre_affaires,
    resultat: company.resultat,
    code_postal: siege?.code_postal ?? null,
    ville: siege?.ville ?? null,
    departement: siege?.departement ?? null,
    region: siege?.region ?? null,
    ma_score: company.ma_score,
    score_confidence: company.score?.confidence ?? null,
    last_scraped_at: company.last_scraped_at,
  };
}

/** What test keys search: the companies of the reserved SIRENs that can be read. It has no contacts. */
export class SyntheticSearch implements CompanySearch {
  async find({ filter, context, sort, reversed, after, limit }: SearchQuery): Promise<FoundPage> {
    const companies = await Promise.all(Object.values(RESERVED_SIRENS).map(inventedCompany));
    const order = comparePlaces(sort, reversed);
    const matching = companies
      .flatMap((company) => (company === null ? [] : [summaryOf(company)]))
      .filter((company) => matchesFilter(company, filter, { now: context.now, reachable: new Set() }))
      .filter((company) => !reversed || isRanked(company, sort))
      .map((summary) => ({ summary, place: placeOf(summary, sort) }))
      .toSorted((a, b) => order(a.place, b.place));
    const rest = matching.filter(({ place }) => after === null || order(place, after) > 0);
    return { companies: rest.slice(0, limit), estimate: matching.length };
  }
}
