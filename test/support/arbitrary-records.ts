import * as fc from "fast-check";
import {
  Confidentialite,
  type Dirigeant,
  type Etablissement,
  type Evenement,
  EvenementType,
  type Exercice,
  type Siege,
} from "../../src/domain/companies/company.ts";
import { SOURCE_NAMES, type SourceName } from "../../src/domain/enrichment/source.ts";
import type { SourceRecord } from "../../src/domain/enrichment/source-record.ts";
import type { SourceState } from "../../src/domain/enrichment/source-state.ts";
import { buildState, SIREN } from "./enrichment-world.ts";

const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });

const day = fc
  .date({ min: new Date("1990-01-01"), max: new Date("2026-12-31"), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));

/** Few values, so that sources often agree, and often do not. */
const text = orNull(fc.constantFrom("DURAND", "Durand", "LEFÈVRE", "Lefevre", ""));
const naf = orNull(fc.constantFrom("25.62B", "47.11A", "99.99Z"));
const euros = orNull(fc.constantFrom(0, -48_000, 412_000, 6_240_000));

const siege: fc.Arbitrary<Partial<Siege>> = fc.record(
  {
    siret: orNull(fc.constantFrom("91234567500012", "91234567500020")),
    adresse: text,
    code_postal: orNull(fc.constantFrom("69007", "2A004")),
    ville: text,
    code_commune: text,
    departement: text,
    region: text,
    latitude: orNull(fc.double({ min: -90, max: 90, noNaN: true })),
    longitude: orNull(fc.double({ min: -180, max: 180, noNaN: true })),
  },
  { requiredKeys: [] },
);

const etablissement: fc.Arbitrary<Etablissement> = fc.record({
  siret: fc.constantFrom("91234567500012", "91234567500020", "91234567500038"),
  siege: fc.boolean(),
  actif: orNull(fc.boolean()),
  enseigne: text,
  code_naf: naf,
  adresse: text,
  code_postal: text,
  ville: text,
  date_creation: orNull(day),
  date_fermeture: orNull(day),
});

const exercice: fc.Arbitrary<Exercice> = fc.record({
  annee: fc.integer({ min: 2020, max: 2025 }),
  cloture: orNull(day),
  duree_mois: orNull(fc.integer({ min: 1, max: 24 })),
  chiffre_affaires: euros,
  resultat: euros,
  excedent_brut_exploitation: euros,
  effectif: orNull(fc.nat(500)),
  tresorerie: euros,
  dettes_financieres: euros,
  capitaux_propres: euros,
  autonomie_financiere: orNull(fc.double({ min: 0, max: 100, noNaN: true })),
  comptes: fc.constantFrom("sociaux" as const, "consolides" as const, null),
  confidentialite: orNull(fc.constantFrom(...Confidentialite.options)),
});

const dirigeant: fc.Arbitrary<Dirigeant> = fc.record({
  type: fc.constantFrom("personne_physique" as const, "personne_morale" as const),
  nom: text,
  prenoms: orNull(fc.constantFrom("Michel", "MICHEL, Jean", "Claire")),
  annee_naissance: orNull(fc.constantFrom(1961, 1988)),
  siren: orNull(fc.constantFrom("842157968", "552032534")),
  denomination: text,
  qualites: fc.subarray(["Président", "Président de SAS", "Gérant"]),
  depuis: orNull(day),
});

const evenement: fc.Arbitrary<Evenement> = fc.record({
  type: fc.constantFrom(...EvenementType.options),
  date: fc.constantFrom("2025-06-25", "2024-06-25", "2026-01-02"),
  titre: text,
  reference: text,
  montant: euros,
  source: fc.constant("bodacc"),
});

const identite = fc.record(
  {
    nom_entreprise: text,
    sigle: text,
    statut: fc.constantFrom("active" as const, "cessee" as const, null),
    diffusion: fc.constantFrom("complete" as const, "partielle" as const),
    code_naf: naf,
    code_naf_2025: naf,
    secteur_activite: text,
    forme_juridique: orNull(fc.record({ code: fc.constantFrom("5710", "5499"), libelle: text })),
    categorie_entreprise: fc.constantFrom("PME" as const, "ETI" as const, null),
    date_creation: orNull(day),
    date_fermeture: orNull(day),
    tranche_effectif: orNull(
      fc.record({
        code: fc.constant("12"),
        min: fc.nat(20),
        max: orNull(fc.nat(50)),
        annee: orNull(fc.nat(2030)),
      }),
    ),
    capital: euros,
    numero_tva: text,
    nombre_etablissements_ouverts: orNull(fc.nat(300)),
  },
  { requiredKeys: [] },
);

/** Anything a source may say of one company. */
export const arbitraryRecord: fc.Arbitrary<SourceRecord> = fc.record(
  {
    siren: fc.constant(SIREN),
    as_of: orNull(day),
    identite,
    siege: orNull(siege),
    etablissements: fc.array(etablissement, { maxLength: 4 }),
    exercices: fc.array(exercice, { maxLength: 6 }),
    dirigeants: fc.array(dirigeant, { maxLength: 5 }),
    evenements: fc.array(evenement, { maxLength: 6 }),
    procedure_collective: orNull(
      fc.record({
        type: fc.constantFrom("sauvegarde" as const, "liquidation_judiciaire" as const),
        date_debut: orNull(day),
        en_cours: fc.boolean(),
      }),
    ),
  },
  { requiredKeys: ["siren", "as_of"] },
);

/** What any subset of the sources said, in any order, each at most once. */
export const arbitraryStates: fc.Arbitrary<SourceState[]> = fc
  .shuffledSubarray<SourceName>([...SOURCE_NAMES])
  .chain((sources) =>
    fc.tuple(
      ...sources.map((source) =>
        fc.option(arbitraryRecord, { nil: null, freq: 8 }).map((record) => buildState(source, { record })),
      ),
    ),
  );
