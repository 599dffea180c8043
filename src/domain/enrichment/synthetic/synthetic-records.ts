import type { Dirigeant, Evenement, Exercice } from "../../companies/company.ts";
import { passesLuhn } from "../../companies/siren.ts";
import { vatNumberOfSiren } from "../../companies/tva.ts";
import { UNKNOWN_EXERCICE } from "../../companies/unknown-company.ts";
import type { SourceName } from "../source.ts";
import type { SourceRecord } from "../source-record.ts";

/** All that the sources of company data say of one invented company. */
export type SyntheticRecords = Record<Exclude<SourceName, "kaspr">, SourceRecord>;

const AS_OF = "2026-11-02";
const LABEL = "Mécanique industrielle";

/** The nth establishment, with a right check digit. */
function siretOf(siren: string, nth: number): string {
  const base = `${siren}${String(nth).padStart(4, "0")}`;
  const digit = "0123456789".split("").find((one) => passesLuhn(base + one)) ?? "0";
  return base + digit;
}

function siegeOf(siren: string) {
  return {
    siret: siretOf(siren, 2),
    adresse: "1 RUE DE L'EXEMPLE",
    code_postal: "69007",
    ville: "LYON",
    code_commune: "69387",
    departement: "69",
    region: "84",
    latitude: 45.7333,
    longitude: 4.8333,
  };
}

function establishmentsOf(siren: string): SourceRecord["etablissements"] {
  const workshop = {
    actif: true,
    enseigne: null,
    code_naf: "25.62B",
    adresse: "1 RUE DE L'EXEMPLE",
    code_postal: "69007",
    ville: "LYON",
    date_creation: "2004-09-01",
    date_fermeture: null,
  };
  const former = { actif: false, adresse: "9 QUAI DE L'ESSAI", date_creation: "1994-03-01" };
  return [
    { ...workshop, siret: siretOf(siren, 2), siege: true },
    { ...workshop, ...former, siret: siretOf(siren, 1), siege: false, date_fermeture: "2004-08-31" },
  ];
}

const ACCOUNTS = [
  { annee: 2025, chiffre_affaires: 6_240_000, resultat: 412_000, effectif: 34 },
  { annee: 2024, chiffre_affaires: 5_890_000, resultat: 371_000, effectif: 33 },
  { annee: 2023, chiffre_affaires: 5_720_000, resultat: -48_000, effectif: 33 },
] as const;

const exercices: Exercice[] = ACCOUNTS.map((year) => ({
  ...UNKNOWN_EXERCICE,
  ...year,
  cloture: `${year.annee}-12-31`,
  duree_mois: 12,
  comptes: "sociaux",
  confidentialite: "publique",
}));

/** With the balance sheet, which Pappers alone gives. */
const detailed: Exercice[] = exercices.map((year) => ({
  ...year,
  excedent_brut_exploitation: Math.round((year.chiffre_affaires ?? 0) * 0.11),
  tresorerie: 780_000,
  dettes_financieres: 540_000,
  capitaux_propres: 2_100_000,
  autonomie_financiere: 48.5,
}));

const OFFICER: Dirigeant = {
  type: "personne_physique",
  nom: "EXEMPLE (FICTIF)",
  prenoms: "Camille",
  annee_naissance: 1961,
  siren: null,
  denomination: null,
  qualites: ["Président"],
  depuis: "2009-06-30",
};

const AUDITOR: Dirigeant = {
  ...OFFICER,
  type: "personne_morale",
  nom: null,
  prenoms: null,
  annee_naissance: null,
  denomination: "AUDIT EXEMPLE (FICTIF)",
  qualites: ["Commissaire aux comptes titulaire"],
  depuis: "2026-05-20",
};

export function event(type: Evenement["type"], date: string, titre: string): Evenement {
  return { type, date, titre, reference: `FICTIF-${date}`, montant: null, source: "bodacc" };
}

const evenements: Evenement[] = [
  event("depot_comptes", "2026-06-25", "Dépôt des comptes de 2025"),
  event("nomination_commissaire_aux_comptes", "2026-05-20", "Nomination d'un commissaire aux comptes"),
  event("modification_capital", "2025-10-14", "Augmentation du capital"),
  event("depot_comptes", "2025-06-25", "Dépôt des comptes de 2024"),
];

/** A machining firm of 34 that all sources know; a variant changes what it needs to. */
export function completeRecords(siren: string, name: string): SyntheticRecords {
  const base = { siren, as_of: AS_OF };
  const identite: SourceRecord["identite"] = {
    nom_entreprise: `${name} (FICTIF)`,
    statut: "active",
    diffusion: "complete",
    code_naf: "25.62B",
    secteur_activite: LABEL,
    forme_juridique: { code: "5710", libelle: "SAS, société par actions simplifiée" },
    categorie_entreprise: "PME",
    date_creation: "1994-03-01",
    tranche_effectif: { code: "12", min: 20, max: 49, annee: 2024 },
    nombre_etablissements_ouverts: 1,
  };
  const siege = siegeOf(siren);
  const etablissements = establishmentsOf(siren) ?? [];
  return {
    recherche_entreprises: {
      ...base,
      identite,
      siege,
      dirigeants: [OFFICER],
      exercices: exercices.slice(0, 1),
    },
    insee: { ...base, identite, siege, etablissements },
    bodacc: { ...base, evenements, procedure_collective: null },
    ratios_inpi: { ...base, exercices },
    pappers: {
      ...base,
      identite: { ...identite, capital: 150_000, numero_tva: vatNumberOfSiren(siren) },
      siege,
      etablissements,
      dirigeants: [OFFICER, AUDITOR],
      exercices: detailed,
      evenements,
    },
  };
}

/** Accounts of which the figures are withheld. */
export function withheldAccounts(): Exercice[] {
  return ACCOUNTS.map(({ annee }) => ({
    ...UNKNOWN_EXERCICE,
    annee,
    cloture: `${annee}-12-31`,
    duree_mois: 12,
    comptes: "sociaux",
    confidentialite: "confidentielle",
  }));
}
