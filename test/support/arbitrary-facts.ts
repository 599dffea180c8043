import * as fc from "fast-check";
import {
  type CompanyFacts,
  type Dirigeant,
  type Evenement,
  EvenementType,
  type Exercice,
} from "../../src/domain/companies/company.ts";
import type { SectorReference } from "../../src/domain/scoring/sector-reference.ts";
import { buildUnknownFacts } from "./build-facts.ts";

/** The numbers of these companies are free, and may contradict each other, as in the registers. */
const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });

const isoDay = (first: string, last: string) =>
  fc
    .date({ min: new Date(first), max: new Date(last), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10));

const day = isoDay("1990-01-01", "2029-12-31");

const euros = fc.oneof(
  fc.integer({ min: -5_000_000, max: 50_000_000 }),
  fc.constantFrom(0, 1, -1, 1e15, -1e15, 1e-300, Number.MAX_VALUE, -Number.MAX_VALUE),
);

function exercice(annee: number): fc.Arbitrary<Exercice> {
  return fc.record({
    annee: fc.constant(annee),
    cloture: orNull(isoDay(`${annee}-01-01`, `${annee}-12-31`)),
    duree_mois: orNull(fc.integer({ min: 0, max: 24 })),
    chiffre_affaires: orNull(euros),
    resultat: orNull(euros),
    excedent_brut_exploitation: orNull(euros),
    effectif: orNull(fc.nat(8000)),
    tresorerie: orNull(euros),
    dettes_financieres: orNull(euros),
    capitaux_propres: orNull(euros),
    autonomie_financiere: orNull(fc.double({ min: -100, max: 100, noNaN: true })),
    comptes: fc.constantFrom("sociaux" as const, "consolides" as const, null),
    confidentialite: fc.constantFrom(
      "publique" as const,
      "partielle" as const,
      "confidentielle" as const,
      null,
    ),
  });
}

const exercices = fc
  .uniqueArray(fc.integer({ min: 2015, max: 2028 }), { maxLength: 6 })
  .chain((years) => fc.tuple(...years.toSorted((a, b) => b - a).map(exercice)));

const dirigeant: fc.Arbitrary<Dirigeant> = fc.record({
  type: fc.constantFrom("personne_physique", "personne_physique", "personne_morale"),
  nom: orNull(fc.constantFrom("DURAND", "Durand (MARTIN)", "LEFÈVRE", "")),
  prenoms: orNull(fc.constantFrom("Michel", "Claire")),
  annee_naissance: orNull(fc.integer({ min: 1880, max: 2030 })),
  siren: fc.constant(null),
  denomination: orNull(fc.constant("HOLDING")),
  qualites: fc.subarray([
    "Président",
    "Gérant",
    "Directeur général",
    "Commissaire aux comptes titulaire",
    "Membre du conseil de surveillance",
  ]),
  depuis: orNull(day),
});

const evenement: fc.Arbitrary<Evenement> = fc.record({
  // Filings twice: they are judged in pairs.
  type: fc.constantFrom(...EvenementType.options, "depot_comptes" as const, "comptes_confidentiels" as const),
  date: day,
  titre: fc.constant(null),
  reference: fc.constant(null),
  montant: orNull(euros),
  source: fc.constant("bodacc"),
});

const BANDS = [
  "NN",
  "00",
  "01",
  "02",
  "03",
  "11",
  "12",
  "21",
  "22",
  "31",
  "32",
  "41",
  "42",
  "51",
  "52",
  "53",
  "ZZ",
];

export const arbitrarySector: fc.Arbitrary<SectorReference> = fc.record({
  division: fc.constantFrom("25", "25", "25", "47"),
  companies: fc.nat(5000),
  median_marge: orNull(fc.double({ min: -0.2, max: 0.5, noNaN: true })),
  median_croissance: orNull(fc.double({ min: -0.5, max: 1, noNaN: true })),
  taux_cession: orNull(fc.double({ min: 0, max: 1, noNaN: true })),
  acheteurs_actifs: orNull(fc.nat(500)),
  as_of: isoDay("2024-01-01", "2026-11-01"),
});

/** Any company, eligible or not, with any part of it unknown. */
export const arbitraryFacts: fc.Arbitrary<CompanyFacts> = fc
  .record({
    statut: fc.constantFrom("active" as const, "active" as const, "cessee" as const, null),
    diffusion: fc.constantFrom("complete" as const, "partielle" as const),
    code_naf: fc.constantFrom("25.62B", "25.62B", "47.11A", "68.20B", null),
    forme_juridique: orNull(
      fc
        .constantFrom("5710", "5499", "1000", "6540", "6599", "7210")
        .map((code) => ({ code, libelle: null })),
    ),
    date_fermeture: orNull(day),
    tranche_effectif: orNull(
      fc.record({
        code: fc.constantFrom(...BANDS),
        min: fc.nat(12_000),
        max: fc.constant(null),
        annee: orNull(fc.integer({ min: 2010, max: 2028 })),
      }),
    ),
    effectif: orNull(fc.nat(8000)),
    procedure_collective: orNull(
      fc.record({
        type: fc.constantFrom(
          "sauvegarde" as const,
          "redressement_judiciaire" as const,
          "liquidation_judiciaire" as const,
        ),
        date_debut: orNull(day),
        en_cours: fc.boolean(),
      }),
    ),
    details_financiers: exercices,
    dirigeants: fc.array(dirigeant, { maxLength: 4 }),
    evenements: fc.array(evenement, { maxLength: 6 }),
  })
  .map((facts) => buildUnknownFacts(facts));
