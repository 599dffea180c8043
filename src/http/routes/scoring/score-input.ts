import type { z } from "@hono/zod-openapi";
import {
  Company,
  CompanyFacts,
  Dirigeant,
  Etablissement,
  Evenement,
  Exercice,
} from "../../../domain/companies/company.ts";
import { UNKNOWN_COMPANY, UNKNOWN_EXERCICE } from "../../../domain/companies/unknown-company.ts";
import { closedObject } from "../../closed-object.ts";
import { SirenInput } from "../../identifier-schema.ts";

/** A company as the API answers it, or any part of one: only what tells an entry of a list apart is needed. */
export const ScoreInput = closedObject({
  ...Company.partial().shape,
  siren: SirenInput.optional(),
  details_financiers: Exercice.partial().required({ annee: true }).array().optional(),
  dirigeants: Dirigeant.partial().required({ type: true }).array().optional(),
  evenements: Evenement.partial().required({ type: true, date: true }).array().optional(),
  etablissements: Etablissement.partial().required({ siret: true, siege: true }).array().optional(),
});

type ScoreInput = z.infer<typeof ScoreInput>;

const UNKNOWN_DIRIGEANT = {
  nom: null,
  prenoms: null,
  annee_naissance: null,
  siren: null,
  denomination: null,
  qualites: [],
  depuis: null,
};

const UNKNOWN_ETABLISSEMENT = {
  actif: null,
  enseigne: null,
  code_naf: null,
  adresse: null,
  code_postal: null,
  ville: null,
  date_creation: null,
  date_fermeture: null,
};

/** Turnover and result given without their accounts stand for the accounts of `annee_comptes`, or of last year. */
function accountsOf(input: ScoreInput, currentYear: number): object[] {
  if (input.details_financiers !== undefined) return input.details_financiers;
  const { chiffre_affaires = null, resultat = null, effectif = null, annee_comptes } = input;
  if (chiffre_affaires === null && resultat === null) return [];
  return [{ annee: annee_comptes ?? currentYear - 1, chiffre_affaires, resultat, effectif }];
}

/** The facts to score; what was left out counts as unknown. */
export function factsOf(input: ScoreInput, currentYear: number): CompanyFacts {
  return CompanyFacts.parse({
    ...UNKNOWN_COMPANY,
    ...input,
    details_financiers: accountsOf(input, currentYear).map((one) => ({ ...UNKNOWN_EXERCICE, ...one })),
    dirigeants: (input.dirigeants ?? []).map((one) => ({ ...UNKNOWN_DIRIGEANT, ...one })),
    etablissements: (input.etablissements ?? []).map((one) => ({ ...UNKNOWN_ETABLISSEMENT, ...one })),
    evenements: (input.evenements ?? []).map((one) => ({
      titre: null,
      reference: null,
      montant: null,
      source: "client",
      ...one,
    })),
  });
}
