import { addDays, addYears, frenchDate, frenchLongDate } from "../world/calendar.ts";
import type { Person, SandboxCompany } from "../world/company.ts";
import { spacedSiren, vatNumberOf } from "../world/identifiers.ts";
import { tradingSurname } from "../world/synthetic-name.ts";
import { depositsJson } from "./accounts-json.ts";
import { establishmentJson, staffJson } from "./establishment-json.ts";
import { paidFields } from "./extra-fields.ts";
import { financesJson } from "./finances-json.ts";
import { noticesJson, proceduresJson } from "./notices-json.ts";
import { officersJson } from "./officers-json.ts";

function namesJson({ name, person, partialDiffusion }: SandboxCompany) {
  const shown = partialDiffusion ? null : name;
  const who: Person | null = partialDiffusion ? null : person;
  return {
    nom_entreprise: shown,
    personne_morale: person === null,
    denomination: person ? null : shown,
    nom: who && tradingSurname(who),
    prenom: who?.firstNames.join(", ") ?? null,
    sexe: who?.sex ?? null,
  };
}

/** Keys that `/entreprise` and the results of `/recherche` share. */
export function baseJson(company: SandboxCompany) {
  const { siren, activity, legalForm, createdOn, ceasedOn, band } = company;
  return {
    siren,
    siren_formate: spacedSiren(siren),
    opposition_utilisation_commerciale: company.partialDiffusion,
    ...namesJson(company),
    code_naf: activity.code,
    libelle_code_naf: activity.label,
    domaine_activite: activity.domain,
    conventions_collectives: [
      { nom: activity.idcc.name, idcc: activity.idcc.number, confirmee: true, pourcentage: null },
    ],
    date_creation: createdOn,
    date_creation_formate: frenchDate(createdOn),
    entreprise_cessee: ceasedOn !== null,
    date_cessation: ceasedOn,
    entreprise_employeuse: band.code !== "NN",
    societe_a_mission: null,
    categorie_juridique: legalForm.pappersCode,
    forme_juridique: legalForm.pappersLabel,
    forme_exercice: "Commerciale",
    ...staffJson(band, company.staffYear),
    capital: company.capital,
    statut_rcs: registerState(company),
    statut_consolide: ceasedOn === null ? "actif" : "cessé",
  };
}

function registerState({ person, ceasedOn }: SandboxCompany): string {
  if (person) return "Non inscrit";
  return ceasedOn === null ? "Inscrit" : "Radié";
}

function money(amount: number | null): string | null {
  if (amount === null) return null;
  return `${String(amount).replace(/\B(?=(\d{3})+$)/g, " ")},00 €`;
}

function registryJson(company: SandboxCompany) {
  const { siren, person, createdOn, ceasedOn, capital, address } = company;
  const registered = person ? null : addDays(createdOn, 9);
  return {
    capital_formate: money(capital),
    capital_actuel_si_variable: null,
    devise_capital: capital === null ? null : "Euros",
    statut_rne: ceasedOn === null ? "Inscrit" : "Radié",
    diffusable: !company.partialDiffusion,
    sigle: company.partialDiffusion ? null : company.acronym,
    objet_social: person ? null : company.purpose,
    numero_rcs: person ? null : `${siren} R.C.S. ${address.town.registry}`,
    greffe: address.town.registry,
    code_greffe: address.town.registryCode,
    date_immatriculation_rcs: registered,
    date_premiere_immatriculation_rcs: registered,
    date_radiation_rcs: person ? null : ceasedOn,
    date_immatriculation_rne: createdOn,
    date_radiation_rne: ceasedOn,
    date_debut_activite: createdOn,
    date_debut_premiere_activite: createdOn,
    numero_tva_intracommunautaire: vatNumberOf(siren),
    associe_unique: company.legalForm.singleOwner,
    economie_sociale_solidaire: false,
    duree_personne_morale: person ? null : "99",
    derniere_mise_a_jour_sirene: "2026-11-18",
    derniere_mise_a_jour_rcs: "2026-11-17",
    dernier_traitement: company.updatedOn,
    ...closingJson(company),
  };
}

function closingJson({ filings }: SandboxCompany) {
  const closedOn = filings[0]?.closedOn;
  const next = closedOn === undefined ? null : addYears(closedOn, 1);
  return {
    // "31 décembre"
    date_cloture_exercice: closedOn === undefined ? null : frenchLongDate(closedOn).replace(/ \d{4}$/, ""),
    date_cloture_exercice_exceptionnelle: null,
    date_cloture_exercice_exceptionnelle_formate: null,
    prochaine_date_cloture_exercice: next,
    prochaine_date_cloture_exercice_formate: next && frenchDate(next),
  };
}

export interface EntrepriseOptions {
  /** `champs_supplementaires` */
  asked: ReadonlySet<string>;
  /** Asked by SIRET: that establishment alone. */
  siret: string | null;
}

export function entrepriseJson(company: SandboxCompany, { asked, siret }: EntrepriseOptions) {
  const establishments = company.establishments.map((one) => establishmentJson(company, one, asked));
  const places =
    siret === null
      ? { etablissements: establishments }
      : { etablissement: establishments.find((one) => one.siret === siret) };
  return {
    ...baseJson(company),
    ...registryJson(company),
    siege: establishments[0],
    ...places,
    finances: financesJson(company),
    representants: officersJson(company),
    // Closed to all but the authorised since 2024.
    beneficiaires_effectifs: [],
    depots_actes: [],
    comptes: depositsJson(company),
    publications_bodacc: noticesJson(company),
    ...proceduresJson(company),
    derniers_statuts: null,
    extrait_immatriculation: { token: btoa(`K${company.siren}`).replaceAll("=", "") },
    rnm: null,
    association: null,
    ...paidFields(company, asked).fields,
  };
}
