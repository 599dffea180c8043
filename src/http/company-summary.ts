import { z } from "@hono/zod-openapi";
import { FormeJuridique, Siege } from "../domain/companies/company.ts";
import type { CompanySummary as Summary } from "../domain/search/company-filter.ts";

const place = Siege.shape;

/** A company as lists of companies have it: the members have the names and places of `Company`. */
export const CompanySummary = z
  .object({
    siren: z.string().openapi({ example: "912345675" }),
    nom_entreprise: z.string().nullable().openapi({ example: "ATELIERS DURAND" }),
    statut: z.string().nullable().openapi({ description: "`active` or `cessee`", example: "active" }),
    diffusion: z.string().openapi({ description: "`complete` or `partielle`", example: "complete" }),
    code_naf: z.string().nullable().openapi({ description: "NAF rev. 2, dotted", example: "25.62B" }),
    code_naf_2025: z.string().nullable(),
    secteur_activite: z.string().nullable().openapi({ description: "French label of `code_naf`" }),
    forme_juridique: FormeJuridique.nullable(),
    categorie_entreprise: z.string().nullable().openapi({ description: "`PME`, `ETI` or `GE`" }),
    date_creation: z.iso.date().nullable(),
    tranche_effectif: z
      .object({ code: z.string(), min: z.int(), max: z.int().nullable() })
      .nullable()
      .openapi({ description: "INSEE size band" }),
    effectif: z.int().nullable().openapi({ description: "Staff of the latest known accounts" }),
    chiffre_affaires: z.number().nullable().openapi({ description: "Whole euros" }),
    resultat: z.number().nullable().openapi({ description: "Net result, whole euros" }),
    siege: z.object({
      code_postal: place.code_postal,
      ville: place.ville,
      departement: place.departement,
      region: place.region,
    }),
    ma_score: z.int().nullable(),
    score_confidence: z.number().nullable(),
    last_scraped_at: z.iso.datetime(),
  })
  .meta({ id: "CompanySummary" });

export function companySummaryJson(summary: Summary): z.input<typeof CompanySummary> {
  const { code_postal, ville, departement, region, ...company } = summary;
  return { ...company, siege: { code_postal, ville, departement, region } };
}
