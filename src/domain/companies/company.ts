import { z } from "zod";
import { FailureReason } from "../enrichment/failure-reason.ts";
import { SourceName } from "../enrichment/source.ts";
import { Score } from "../scoring/score.ts";

const isoDate = z.iso.date();
/** RFC 3339 UTC with milliseconds. */
const instant = z.iso.datetime();

export const FormeJuridique = z
  .object({
    code: z.string().meta({ description: "INSEE legal category, 4 digits", example: "5710" }),
    libelle: z.string().nullable(),
  })
  .meta({ id: "FormeJuridique" });

export const TrancheEffectif = z
  .object({
    code: z.string().meta({ description: "INSEE size band; `NN` is not an employer", example: "12" }),
    min: z.int().nonnegative(),
    max: z.int().nonnegative().nullable().meta({ description: "null: no upper bound" }),
    annee: z.int().nullable(),
  })
  .meta({ id: "TrancheEffectif" });

export const Siege = z
  .object({
    siret: z.string().nullable(),
    adresse: z.string().nullable(),
    code_postal: z.string().nullable(),
    ville: z.string().nullable(),
    code_commune: z.string().nullable().meta({ description: "INSEE commune code" }),
    departement: z.string().nullable(),
    region: z.string().nullable().meta({ description: "INSEE region code" }),
    latitude: z.number().nullable(),
    longitude: z.number().nullable(),
  })
  .meta({ id: "Siege" });

export const Etablissement = z
  .object({
    siret: z.string(),
    siege: z.boolean(),
    actif: z.boolean().nullable(),
    enseigne: z.string().nullable(),
    code_naf: z.string().nullable(),
    adresse: z.string().nullable(),
    code_postal: z.string().nullable(),
    ville: z.string().nullable(),
    date_creation: isoDate.nullable(),
    date_fermeture: isoDate.nullable(),
  })
  .meta({ id: "Etablissement" });

export const Confidentialite = z.enum(["publique", "partielle", "confidentielle"]);

export const Exercice = z
  .object({
    annee: z.int().min(1700).max(2200),
    cloture: isoDate.nullable(),
    duree_mois: z.int().positive().nullable(),
    chiffre_affaires: z.number().nullable().meta({ description: "euros; null when unknown or confidential" }),
    resultat: z.number().nullable().meta({ description: "net result, euros" }),
    excedent_brut_exploitation: z.number().nullable(),
    effectif: z.int().nonnegative().nullable(),
    tresorerie: z.number().nullable(),
    dettes_financieres: z.number().nullable(),
    capitaux_propres: z.number().nullable(),
    autonomie_financiere: z.number().nullable().meta({ description: "percent" }),
    comptes: z.enum(["sociaux", "consolides"]).nullable(),
    confidentialite: Confidentialite.nullable(),
  })
  .meta({ id: "Exercice" });

export const Dirigeant = z
  .object({
    type: z.enum(["personne_physique", "personne_morale"]),
    nom: z.string().nullable(),
    prenoms: z.string().nullable(),
    annee_naissance: z.int().nullable(),
    siren: z.string().nullable().meta({ description: "legal persons only" }),
    denomination: z.string().nullable().meta({ description: "legal persons only" }),
    qualites: z.array(z.string()),
    depuis: isoDate.nullable(),
  })
  .meta({ id: "Dirigeant" });

export const Contact = z
  .object({
    nom: z.string(),
    fonction: z.string().nullable(),
    email_professionnel: z.string().nullable(),
    telephone: z.string().nullable(),
    linkedin: z.string().nullable().meta({ description: "profile slug" }),
    source: z.string(),
    collected_at: instant,
  })
  .meta({ id: "Contact" });

export const EvenementType = z.enum([
  "creation",
  "immatriculation",
  "modification",
  "changement_dirigeant",
  "modification_capital",
  "nomination_commissaire_aux_comptes",
  "transfert_siege",
  "fusion_scission",
  "vente",
  "radiation",
  "procedure_collective",
  "procedure_conciliation",
  "depot_comptes",
  "comptes_confidentiels",
  "divers",
]);

export const Evenement = z
  .object({
    type: EvenementType,
    date: isoDate,
    titre: z.string().nullable(),
    reference: z
      .string()
      .nullable()
      .meta({ description: "the notice's own identifier, unique in its source" }),
    montant: z.number().nullable().meta({ description: "sale price in euros where the notice states it" }),
    source: z.string(),
  })
  .meta({ id: "Evenement" });

export const ProcedureCollective = z
  .object({
    type: z.enum(["sauvegarde", "redressement_judiciaire", "liquidation_judiciaire", "autre"]),
    date_debut: isoDate.nullable(),
    en_cours: z.boolean(),
  })
  .meta({ id: "ProcedureCollective" });

/** What the sources say about the company itself, before scoring and bookkeeping. Unknown is null, never 0. */
export const CompanyFacts = z.object({
  siren: z.string().meta({ example: "912345675" }),
  nom_entreprise: z.string().nullable().meta({ example: "ATELIERS DURAND" }),
  sigle: z.string().nullable(),
  statut: z.enum(["active", "cessee"]).nullable(),
  diffusion: z.enum(["complete", "partielle"]),
  code_naf: z.string().nullable().meta({ description: "NAF rev. 2, dotted", example: "25.62B" }),
  code_naf_2025: z.string().nullable(),
  secteur_activite: z.string().nullable(),
  forme_juridique: FormeJuridique.nullable(),
  categorie_entreprise: z.enum(["PME", "ETI", "GE"]).nullable(),
  date_creation: isoDate.nullable(),
  date_fermeture: isoDate.nullable(),
  tranche_effectif: TrancheEffectif.nullable(),
  effectif: z.int().nonnegative().nullable().meta({ description: "staff of the latest known accounts" }),
  chiffre_affaires: z
    .number()
    .nullable()
    .meta({ description: "euros, from the latest accounts that state it" }),
  resultat: z.number().nullable().meta({ description: "net result in euros, of the same accounts" }),
  annee_comptes: z
    .int()
    .nullable()
    .meta({ description: "closing year of `chiffre_affaires` and `resultat`" }),
  confidentialite: Confidentialite.nullable().meta({ description: "of the latest accounts filed" }),
  capital: z.number().nullable(),
  numero_tva: z.string().nullable(),
  procedure_collective: ProcedureCollective.nullable(),
  nombre_etablissements_ouverts: z.int().nonnegative().nullable(),
  siege: Siege.nullable(),
  etablissements: z.array(Etablissement),
  details_financiers: z.array(Exercice).meta({ description: "latest first, one per closing year" }),
  dirigeants: z.array(Dirigeant),
  evenements: z.array(Evenement).meta({ description: "latest first" }),
});

export type CompanyFacts = z.infer<typeof CompanyFacts>;
export type Siege = z.infer<typeof Siege>;
export type Etablissement = z.infer<typeof Etablissement>;
export type Exercice = z.infer<typeof Exercice>;
export type Dirigeant = z.infer<typeof Dirigeant>;
export type Contact = z.infer<typeof Contact>;
export type Evenement = z.infer<typeof Evenement>;
export type Confidentialite = z.infer<typeof Confidentialite>;
export type ProcedureCollective = z.infer<typeof ProcedureCollective>;
export type TrancheEffectif = z.infer<typeof TrancheEffectif>;

export const SourceUse = z
  .object({
    name: SourceName,
    found: z.boolean().meta({ description: "false: the source answered that it knows nothing here" }),
    retrieved_at: instant,
    age_seconds: z.int().nonnegative(),
    cache: z.enum(["miss", "hit", "stale"]),
    refresh_failure: FailureReason.nullable().meta({ description: "why older data is served, when it is" }),
  })
  .meta({ id: "SourceUse" });

export const MissingSource = z
  .object({
    source: SourceName,
    reason: z
      .enum([...FailureReason.options, "partial_answer"])
      .meta({ description: "`partial_answer`: it answered, with parts missing" }),
    retry_after_seconds: z.int().nonnegative().nullable(),
  })
  .meta({ id: "MissingSource" });

export const Provenance = z
  .object({
    value: z.unknown(),
    source: z.string(),
    retrieved_at: instant,
    as_of: z.string().nullable().meta({ description: "the date the source gives its own information" }),
    confidence: z.number().min(0).max(1),
    cache: z.enum(["miss", "hit", "stale"]),
  })
  .meta({ id: "Provenance" });

export const Warning = z
  .object({ pointer: z.string(), code: z.string(), message: z.string() })
  .meta({ id: "Warning" });

/** The company as the API answers it. */
export const Company = CompanyFacts.extend({
  contacts: z.array(Contact),
  ma_score: z.int().min(0).max(100).nullable(),
  score: Score.nullable(),
  sources: z.array(SourceUse),
  partial: z.boolean(),
  missing: z.array(MissingSource),
  last_scraped_at: instant,
  provenance: z.record(z.string(), Provenance).optional(),
  warnings: z.array(Warning).optional(),
}).meta({ id: "Company" });

export type Company = z.infer<typeof Company>;
export type SourceUse = z.infer<typeof SourceUse>;
export type MissingSource = z.infer<typeof MissingSource>;
export type Provenance = z.infer<typeof Provenance>;
export type Warning = z.infer<typeof Warning>;
