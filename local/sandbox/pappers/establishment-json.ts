import type { Address, Establishment, SandboxCompany } from "../world/company.ts";
import { bandLabel, type StaffBand } from "../world/staff-bands.ts";

export function staffJson(band: StaffBand, year: number) {
  const employer = band.code !== "NN";
  return {
    effectif: bandLabel(band),
    effectif_min: band.min,
    effectif_max: band.max,
    tranche_effectif: employer ? band.code : null,
    annee_effectif: employer ? year : null,
  };
}

export function formattedSiret(siret: string): string {
  return `${siret.slice(0, 3)} ${siret.slice(3, 6)} ${siret.slice(6, 9)} ${siret.slice(9)}`;
}

/** Partial diffusion leaves the town, and nothing finer. */
export function addressJson({ number, kind, street, town, latitude, longitude }: Address, partial: boolean) {
  const shown = <T>(value: T) => (partial ? null : value);
  return {
    numero_voie: shown(number),
    indice_repetition: null,
    type_voie: shown(kind),
    libelle_voie: shown(street),
    complement_adresse: null,
    adresse_ligne_1: shown(`${number} ${kind} ${street}`),
    adresse_ligne_2: null,
    code_postal: shown(town.postalCode),
    ville: town.name,
    latitude: shown(latitude),
    longitude: shown(longitude),
  };
}

/** Fields of an establishment that are free but have to be asked for. */
function extraFields({ town }: Address, asked: ReadonlySet<string>): Record<string, string | null> {
  const values: Record<string, string | null> = {
    code_commune: town.communeCode,
    departement: town.departmentName,
    code_departement: town.department,
    region: town.region.name,
    code_region: town.region.code,
    nomenclature_code_naf: "NAFRev2",
    code_cedex: null,
    libelle_cedex: null,
    distribution_speciale: null,
  };
  return Object.fromEntries(Object.entries(values).filter(([name]) => asked.has(name)));
}

export function establishmentJson(
  company: SandboxCompany,
  establishment: Establishment,
  asked: ReadonlySet<string>,
) {
  const { siret, headOffice, openedOn, closedOn, band, address } = establishment;
  return {
    siret,
    siret_formate: formattedSiret(siret),
    nic: siret.slice(9),
    diffusion_partielle: company.partialDiffusion,
    ...addressJson(address, company.partialDiffusion),
    pays: "France",
    code_pays: "FR",
    etablissement_cesse: closedOn !== null,
    siege: headOffice,
    etablissement_employeur: band.code !== "NN",
    ...staffJson(band, company.staffYear),
    code_naf: company.activity.code,
    libelle_code_naf: company.activity.label,
    date_de_creation: openedOn,
    date_cessation: closedOn,
    enseigne: null,
    nom_commercial: null,
    domiciliation: null,
    predecesseurs: [],
    successeurs: [],
    ...extraFields(address, asked),
  };
}
