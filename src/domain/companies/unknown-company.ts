import type { CompanyFacts, Exercice } from "./company.ts";

/** A company of which nothing is known. */
export const UNKNOWN_COMPANY: CompanyFacts = {
  siren: "",
  nom_entreprise: null,
  sigle: null,
  statut: null,
  diffusion: "complete",
  code_naf: null,
  code_naf_2025: null,
  secteur_activite: null,
  forme_juridique: null,
  categorie_entreprise: null,
  date_creation: null,
  date_fermeture: null,
  tranche_effectif: null,
  effectif: null,
  chiffre_affaires: null,
  resultat: null,
  annee_comptes: null,
  confidentialite: null,
  capital: null,
  numero_tva: null,
  procedure_collective: null,
  nombre_etablissements_ouverts: null,
  siege: null,
  etablissements: [],
  details_financiers: [],
  dirigeants: [],
  evenements: [],
};

/** Accounts of which only the year is known. */
export const UNKNOWN_EXERCICE: Omit<Exercice, "annee"> = {
  cloture: null,
  duree_mois: null,
  chiffre_affaires: null,
  resultat: null,
  excedent_brut_exploitation: null,
  effectif: null,
  tresorerie: null,
  dettes_financieres: null,
  capitaux_propres: null,
  autonomie_financiere: null,
  comptes: null,
  confidentialite: null,
};
