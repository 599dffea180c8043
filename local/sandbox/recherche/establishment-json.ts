import type { Address, Establishment, SandboxCompany } from "../world/company.ts";

export const MASK = "[NON-DIFFUSIBLE]";

/** The only inter-communal body among the towns of the sandbox that needs to be right. */
const LYON_METROPOLIS = "200046977";

function addressLine({ number, kind, street, town }: Address): string {
  return `${number} ${kind} ${street} ${town.postalCode} ${town.name}`;
}

/** Keys of both the head office and the matching establishments. */
function sharedJson(company: SandboxCompany, establishment: Establishment) {
  const { activity, staffYear, partialDiffusion } = company;
  const { address, band, closedOn } = establishment;
  const hide = (value: string) => (partialDiffusion ? MASK : value);
  return {
    activite_principale: activity.code,
    activite_principale_naf25: activity.code2025,
    annee_tranche_effectif_salarie: band.code === "NN" ? null : String(staffYear),
    adresse: hide(addressLine(address)),
    caractere_employeur: band.code === "NN" ? "N" : "O",
    code_postal: hide(address.town.postalCode),
    commune: address.town.communeCode,
    date_creation: establishment.openedOn,
    date_debut_activite: activityStart(establishment),
    date_fermeture: closedOn,
    epci: address.town.department === "69" ? LYON_METROPOLIS : null,
    est_siege: establishment.headOffice,
    etat_administratif: closedOn === null ? "A" : "F",
    geo_id: null,
    latitude: hide(String(address.latitude)),
    libelle_commune: address.town.name,
    liste_enseignes: null,
    liste_finess: null,
    liste_id_bio: null,
    liste_idcc: establishment.headOffice ? [String(activity.idcc.number).padStart(4, "0")] : null,
    liste_id_organisme_formation: null,
    liste_rge: null,
    liste_uai: null,
    longitude: hide(String(address.longitude)),
    nom_commercial: null,
    region: address.town.region.code,
    siret: establishment.siret,
    statut_diffusion_etablissement: partialDiffusion ? "P" : "O",
    tranche_effectif_salarie: band.code,
  };
}

/** The activity codes of rev. 2 came into force on 2008-01-01: those open on that day restart then. */
function activityStart({ openedOn, closedOn }: Establishment): string {
  const livedThrough = openedOn < "2008-01-01" && (closedOn === null || closedOn >= "2008-01-01");
  return livedThrough ? "2008-01-01" : openedOn;
}

export function siegeJson(company: SandboxCompany, establishment: Establishment) {
  const { address } = establishment;
  const hide = (value: string) => (company.partialDiffusion ? MASK : value);
  const hidden = company.partialDiffusion ? MASK : null;
  return {
    ...sharedJson(company, establishment),
    activite_principale_registre_metier: null,
    cedex: hidden,
    code_pays_etranger: null,
    complement_adresse: hidden,
    coordonnees: hide(`${address.latitude},${address.longitude}`),
    date_mise_a_jour: null,
    date_mise_a_jour_insee: `${company.updatedOn}T09:00:00`,
    departement: address.town.department,
    distribution_speciale: hidden,
    geo_adresse: null,
    indice_repetition: hidden,
    libelle_cedex: hidden,
    libelle_commune_etranger: null,
    libelle_pays_etranger: null,
    libelle_voie: hide(address.street),
    numero_voie: hide(String(address.number)),
    dernier_numero_voie: hidden,
    type_voie: hide(address.kind),
  };
}

export function matchingJson(company: SandboxCompany, establishment: Establishment) {
  return { ...sharedJson(company, establishment), ancien_siege: false };
}
