import type { Establishment, SandboxCompany } from "../world/company.ts";
import { vatNumberOf } from "../world/identifiers.ts";
import { hasTrait } from "../world/random.ts";
import { MASK, matchingJson, siegeJson } from "./establishment-json.ts";
import { officersJson } from "./officers-json.ts";

/** Recherche d'entreprises shows one year only, the consolidated figures when the company has some. */
function finances(company: SandboxCompany) {
  const filing = company.consolidated[0] ?? company.filings[0];
  if (filing === undefined || filing.secrecy === "total") return null;
  const ca = filing.secrecy === "public" ? filing.turnover : null;
  return { [String(filing.year)]: { ca, resultat_net: filing.result } };
}

function complements({ activity, person }: SandboxCompany) {
  return {
    collectivite_territoriale: null,
    convention_collective_renseignee: true,
    liste_idcc: [String(activity.idcc.number).padStart(4, "0")],
    liste_finess_juridique: null,
    egapro_renseignee: false,
    est_achats_responsables: false,
    est_alim_confiance: false,
    est_association: false,
    est_avocat: false,
    est_bio: false,
    est_entrepreneur_individuel: person !== null,
    est_entrepreneur_spectacle: false,
    est_ess: false,
    est_finess: false,
    est_organisme_formation: false,
    est_qualiopi: false,
    liste_id_organisme_formation: null,
    est_rge: false,
    est_siae: false,
    est_service_public: false,
    est_l100_3: false,
    est_societe_mission: false,
    est_uai: false,
    est_patrimoine_vivant: false,
    bilan_ges_renseigne: false,
    identifiant_association: null,
    statut_entrepreneur_spectacle: null,
    type_siae: null,
    a_aide_minimis: false,
    a_aide_ademe: false,
    est_administration: false,
  };
}

function names(company: SandboxCompany) {
  const { name, acronym, person, partialDiffusion } = company;
  if (partialDiffusion && person) {
    return { nom_complet: MASK, nom_raison_sociale: MASK, sigle: MASK };
  }
  const sigle = partialDiffusion ? MASK : acronym;
  return {
    nom_complet: sigle === null || partialDiffusion ? name : `${name} (${sigle})`,
    nom_raison_sociale: person ? null : name,
    sigle,
  };
}

/** Unknown head offices answer an empty object, not null. */
function siege(company: SandboxCompany) {
  const head = company.establishments.find(({ headOffice }) => headOffice);
  if (head === undefined || hasTrait(company.siren, "recherche-without-siege", 0.01)) return {};
  return siegeJson(company, head);
}

export interface ResultOptions {
  matching: readonly Establishment[];
  score: number;
}

/** One item of `results`, every nested block included. */
export function resultJson(company: SandboxCompany, { matching, score }: ResultOptions) {
  const { siren, activity, band, staffYear, ceasedOn, updatedOn, establishments } = company;
  const employer = band.code === "NN" ? "N" : "O";
  return {
    siren,
    ...names(company),
    nombre_etablissements: establishments.length,
    nombre_etablissements_ouverts: establishments.filter(({ closedOn }) => closedOn === null).length,
    siege: siege(company),
    activite_principale: activity.code,
    activite_principale_naf25: activity.code2025,
    categorie_entreprise: ceasedOn === null ? company.category : null,
    caractere_employeur: employer,
    annee_categorie_entreprise: ceasedOn === null ? String(staffYear) : null,
    date_creation: company.createdOn,
    date_fermeture: ceasedOn,
    date_mise_a_jour: "2026-11-17T10:00:00",
    date_mise_a_jour_insee: `${updatedOn}T09:00:00`,
    date_mise_a_jour_rne: "2026-02-01T12:00:00",
    dirigeants: officersJson(company),
    etat_administratif: ceasedOn === null ? "A" : "C",
    nature_juridique: company.legalForm.code,
    section_activite_principale: activity.section,
    tranche_effectif_salarie: band.code,
    annee_tranche_effectif_salarie: band.code === "NN" ? null : String(staffYear),
    statut_diffusion: company.partialDiffusion ? "P" : "O",
    matching_etablissements: matching.map((establishment) => matchingJson(company, establishment)),
    finances: finances(company),
    complements: complements(company),
    tva: ceasedOn === null ? [vatNumberOf(siren)] : null,
    score,
  };
}
