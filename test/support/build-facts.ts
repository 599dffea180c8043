import type { CompanyFacts, Dirigeant, Evenement, Exercice } from "../../src/domain/companies/company.ts";
import { UNKNOWN_COMPANY, UNKNOWN_EXERCICE } from "../../src/domain/companies/unknown-company.ts";
import type { SectorReference } from "../../src/domain/scoring/sector-reference.ts";

const EXERCICE: Exercice = {
  ...UNKNOWN_EXERCICE,
  annee: 2024,
  duree_mois: 12,
  comptes: "sociaux",
  confidentialite: "publique",
};

const DIRIGEANT: Dirigeant = {
  type: "personne_physique",
  nom: "DURAND",
  prenoms: "Michel",
  annee_naissance: 1961,
  siren: null,
  denomination: null,
  qualites: ["Président"],
  depuis: "2009-06-30",
};

const EVENEMENT: Evenement = {
  type: "depot_comptes",
  date: "2025-06-25",
  titre: null,
  reference: null,
  montant: null,
  source: "bodacc",
};

/** Accounts closed on 31 December of the year, nothing else known. */
export function buildExercice(overrides: Partial<Exercice> & { annee: number }): Exercice {
  return { ...EXERCICE, cloture: `${overrides.annee}-12-31`, ...overrides };
}

export function buildDirigeant(overrides: Partial<Dirigeant> = {}): Dirigeant {
  return { ...DIRIGEANT, ...overrides };
}

export function buildEvenement(overrides: Partial<Evenement> = {}): Evenement {
  return { ...EVENEMENT, ...overrides };
}

/** A company of which only the number is known. */
export function buildUnknownFacts(overrides: Partial<CompanyFacts> = {}): CompanyFacts {
  return { ...UNKNOWN_COMPANY, siren: "912345675", ...overrides };
}

/** EXEMPLE MÉCANIQUE, the worked example of docs/scoring.md: an invented machining firm of 34. */
export function buildFacts(overrides: Partial<CompanyFacts> = {}): CompanyFacts {
  return buildUnknownFacts({
    nom_entreprise: "EXEMPLE MÉCANIQUE",
    statut: "active",
    code_naf: "25.62B",
    secteur_activite: "Mécanique industrielle",
    forme_juridique: { code: "5710", libelle: "SAS" },
    categorie_entreprise: "PME",
    date_creation: "1994-03-01",
    tranche_effectif: { code: "12", min: 20, max: 49, annee: 2023 },
    effectif: 34,
    chiffre_affaires: 6_240_000,
    resultat: 412_000,
    confidentialite: "publique",
    capital: 150_000,
    nombre_etablissements_ouverts: 1,
    details_financiers: [
      buildExercice({
        annee: 2024,
        chiffre_affaires: 6_240_000,
        resultat: 412_000,
        effectif: 34,
        capitaux_propres: 2_100_000,
      }),
      buildExercice({ annee: 2023, chiffre_affaires: 5_890_000, resultat: 371_000, effectif: 33 }),
      buildExercice({ annee: 2022, chiffre_affaires: 5_720_000, resultat: -48_000, effectif: 33 }),
    ],
    dirigeants: [buildDirigeant()],
    evenements: [
      buildEvenement(),
      buildEvenement({ type: "nomination_commissaire_aux_comptes", date: "2025-05-20" }),
    ],
    ...overrides,
  });
}

/** Invented measures of division 25. */
export function buildSector(overrides: Partial<SectorReference> = {}): SectorReference {
  return {
    division: "25",
    companies: 812,
    median_marge: 0.038,
    median_croissance: 0.021,
    taux_cession: 0.064,
    acheteurs_actifs: 9,
    as_of: "2026-11-19",
    ...overrides,
  };
}
