import { z } from "zod";
import { formeJuridiqueLabel } from "../../domain/companies/forme-juridique.ts";
import { nafLabel } from "../../domain/companies/naf.ts";
import { TRANCHES_EFFECTIF } from "../../domain/companies/tranche-effectif.ts";
import type { CompanySummary } from "../../domain/search/company-filter.ts";

const Row = z.object({
  siren: z.string(),
  nom_entreprise: z.string().nullable(),
  statut: z.string().nullable(),
  diffusion: z.string(),
  code_naf: z.string().nullable(),
  code_naf_2025: z.string().nullable(),
  forme_juridique: z.string().nullable(),
  categorie_entreprise: z.string().nullable(),
  date_creation: z.string().nullable(),
  tranche_effectif: z.string().nullable(),
  effectif: z.number().nullable(),
  chiffre_affaires: z.number().nullable(),
  resultat: z.number().nullable(),
  code_postal: z.string().nullable(),
  ville: z.string().nullable(),
  departement: z.string().nullable(),
  region: z.string().nullable(),
  ma_score: z.number().nullable(),
  score_confidence: z.number().nullable(),
  last_scraped_at: z.date(),
});

function trancheOf(code: string | null): CompanySummary["tranche_effectif"] {
  const band = code === null ? undefined : TRANCHES_EFFECTIF.get(code);
  return code === null || band === undefined ? null : { code, ...band };
}

/** Reads a row that has `SUMMARY_COLUMNS`; what else the row has is left. */
export function companySummaryOf(found: unknown): CompanySummary {
  const { forme_juridique: form, tranche_effectif: band, ...row } = Row.parse(found);
  return {
    ...row,
    secteur_activite: row.code_naf === null ? null : nafLabel(row.code_naf),
    forme_juridique: form === null ? null : { code: form, libelle: formeJuridiqueLabel(form) },
    tranche_effectif: trancheOf(band),
    last_scraped_at: row.last_scraped_at.toISOString(),
  };
}
