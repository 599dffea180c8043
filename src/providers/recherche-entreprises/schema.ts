import { z } from "zod";
import { looseBoolean, looseCount, looseNumber, looseText } from "../loose-schema.ts";

/** The head office and the other establishments share these keys; `siege` is `{}` when unknown. */
const Lieu = z.object({
  siret: looseText,
  est_siege: looseBoolean,
  etat_administratif: looseText,
  activite_principale: looseText,
  activite_principale_naf25: looseText,
  adresse: looseText,
  code_postal: looseText,
  commune: looseText,
  libelle_commune: looseText,
  departement: looseText,
  region: looseText,
  latitude: looseText,
  longitude: looseText,
  liste_enseignes: z.array(looseText).nullish(),
  nom_commercial: looseText,
  date_creation: looseText,
  date_fermeture: looseText,
});

const Personne = z.object({
  type_dirigeant: looseText,
  nom: looseText,
  prenoms: looseText,
  annee_de_naissance: looseText,
  siren: looseText,
  denomination: looseText,
  qualite: looseText,
});

const Comptes = z.object({ ca: looseNumber, resultat_net: looseNumber });

const UniteLegale = z.object({
  siren: z.string().regex(/^\d{9}$/),
  nom_complet: looseText,
  nom_raison_sociale: looseText,
  sigle: looseText,
  nombre_etablissements_ouverts: looseCount,
  activite_principale: looseText,
  /** Announced to go in 2027, when `activite_principale` takes its meaning. */
  activite_principale_naf25: looseText,
  categorie_entreprise: looseText,
  date_creation: looseText,
  date_fermeture: looseText,
  date_mise_a_jour: looseText,
  date_mise_a_jour_insee: looseText,
  date_mise_a_jour_rne: looseText,
  etat_administratif: looseText,
  nature_juridique: looseText,
  statut_diffusion: looseText,
  tranche_effectif_salarie: looseText,
  annee_tranche_effectif_salarie: looseCount,
  siege: Lieu.nullish(),
  dirigeants: z.array(Personne).nullish(),
  finances: z.record(z.string(), Comptes.nullable()).nullish(),
  tva: z.array(looseText).nullish(),
  // The next three come only with `include_admin`, which is undocumented: nothing may depend on them.
  etablissements: z.array(Lieu).nullish().catch(null),
  immatriculation: z.object({ capital_social: looseNumber }).nullish().catch(null),
  bodacc: z
    .object({ procedure_collective: z.object({ statut: looseText, date: looseText }).nullish() })
    .nullish()
    .catch(null),
});

export const RechercheAnswer = z.object({ total_results: looseCount, results: z.array(UniteLegale) });

export type RechercheAnswer = z.infer<typeof RechercheAnswer>;
export type UniteLegale = z.infer<typeof UniteLegale>;
export type Lieu = z.infer<typeof Lieu>;
export type Personne = z.infer<typeof Personne>;
