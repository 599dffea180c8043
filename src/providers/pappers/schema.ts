import { z } from "zod";
import { looseBoolean, looseCount, looseNumber, looseText } from "../loose-schema.ts";

const Etablissement = z.object({
  siret: looseText,
  siege: looseBoolean,
  etablissement_cesse: looseBoolean,
  enseigne: looseText,
  nom_commercial: looseText,
  code_naf: looseText,
  adresse_ligne_1: looseText,
  adresse_ligne_2: looseText,
  code_postal: looseText,
  ville: looseText,
  code_commune: looseText,
  code_departement: looseText,
  code_region: looseText,
  latitude: looseNumber,
  longitude: looseNumber,
  date_de_creation: looseText,
  date_cessation: looseText,
});

const Finances = z.object({
  annee: looseCount,
  date_de_cloture_exercice: looseText,
  duree_exercice: looseCount,
  chiffre_affaires: looseNumber,
  resultat: looseNumber,
  effectif: looseCount,
  excedent_brut_exploitation: looseNumber,
  tresorerie: looseNumber,
  dettes_financieres: looseNumber,
  autonomie_financiere: looseNumber,
});

/** A filing of accounts, published or not. */
const Depot = z.object({
  date_cloture: looseText,
  confidentialite: looseBoolean,
  confidentialite_compte_de_resultat: looseBoolean,
  type_comptes: looseText,
});

/** `qualite` was replaced by `qualites` in 2025; both are still met. */
const Representant = z.object({
  qualite: looseText,
  qualites: z.union([z.array(looseText), looseText]).nullish(),
  personne_morale: looseBoolean,
  nom: looseText,
  prenom: looseText,
  nom_complet: looseText,
  denomination: looseText,
  siren: looseText,
  date_de_naissance: looseText,
  date_prise_de_poste: looseText,
});

const Publication = z.object({
  numero_parution: looseText,
  numero_annonce: looseText,
  bodacc: looseText,
  date: looseText,
  type: looseText,
  nature: looseText,
  descriptif: looseText,
  description: looseText,
  administration: looseText.catch(null),
});

const Procedure = z.object({ type: looseText, date_debut: looseText, date_fin: looseText });

/** A 206 answer misses whole blocks, old records miss single keys: only the SIREN is sure. */
export const PappersAnswer = z.object({
  siren: z.string().regex(/^\d{9}$/),
  opposition_utilisation_commerciale: looseBoolean,
  nom_entreprise: looseText,
  sigle: looseText,
  diffusable: looseBoolean,
  entreprise_cessee: looseBoolean,
  code_naf: looseText,
  libelle_code_naf: looseText,
  categorie_juridique: looseText,
  forme_juridique: looseText,
  categorie_entreprise: looseText,
  date_creation: looseText,
  date_cessation: looseText,
  tranche_effectif: looseText,
  annee_effectif: looseCount,
  capital: looseNumber,
  numero_tva_intracommunautaire: looseText,
  dernier_traitement: looseText,
  derniere_mise_a_jour_sirene: looseText,
  derniere_mise_a_jour_rcs: looseText,
  siege: Etablissement.nullish(),
  etablissements: z.array(Etablissement).nullish(),
  finances: z.array(Finances).nullish(),
  comptes: z.array(Depot).nullish(),
  representants: z.array(Representant).nullish(),
  publications_bodacc: z.array(Publication).nullish(),
  procedures_collectives: z.array(Procedure).nullish(),
  procedure_collective_en_cours: looseBoolean,
  telephone: looseText,
  email: looseText,
});

export type PappersAnswer = z.infer<typeof PappersAnswer>;
export type PappersEtablissement = z.infer<typeof Etablissement>;
export type PappersFinances = z.infer<typeof Finances>;
export type PappersDepot = z.infer<typeof Depot>;
export type PappersRepresentant = z.infer<typeof Representant>;
export type PappersPublication = z.infer<typeof Publication>;
export type PappersProcedure = z.infer<typeof Procedure>;
