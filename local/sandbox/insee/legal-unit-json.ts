import type { SandboxCompany } from "../world/company.ts";
import { registerCase } from "../world/person-names.ts";
import { tradingSurname } from "../world/synthetic-name.ts";
import { type Period, periodsOf } from "./periods.ts";

/** What INSEE prints where a partially diffused unit has something to hide. */
export const NOT_DISCLOSED = "[ND]";

function headOfficeNic({ establishments }: SandboxCompany): string | null {
  return establishments.find(({ headOffice }) => headOffice)?.siret.slice(9) ?? null;
}

function periodJson(company: SandboxCompany, period: Period, previous: Period | undefined) {
  const { person, partialDiffusion, legalForm, name, band } = company;
  const surname = person && registerCase(tradingSurname(person));
  return {
    dateFin: period.to,
    dateDebut: period.from,
    etatAdministratifUniteLegale: period.active ? "A" : "C",
    changementEtatAdministratifUniteLegale: previous !== undefined && previous.active !== period.active,
    nomUniteLegale: surname !== null && partialDiffusion ? NOT_DISCLOSED : surname,
    changementNomUniteLegale: false,
    nomUsageUniteLegale: null,
    changementNomUsageUniteLegale: false,
    denominationUniteLegale: person ? null : name,
    changementDenominationUniteLegale: false,
    denominationUsuelle1UniteLegale: null,
    denominationUsuelle2UniteLegale: null,
    denominationUsuelle3UniteLegale: null,
    changementDenominationUsuelleUniteLegale: false,
    categorieJuridiqueUniteLegale: legalForm.code,
    changementCategorieJuridiqueUniteLegale: false,
    activitePrincipaleUniteLegale: period.activity,
    nomenclatureActivitePrincipaleUniteLegale: period.nomenclature,
    changementActivitePrincipaleUniteLegale:
      previous !== undefined && previous.nomenclature !== period.nomenclature,
    nicSiegeUniteLegale: headOfficeNic(company),
    changementNicSiegeUniteLegale: false,
    economieSocialeSolidaireUniteLegale: "N",
    changementEconomieSocialeSolidaireUniteLegale: false,
    societeMissionUniteLegale: null,
    changementSocieteMissionUniteLegale: false,
    caractereEmployeurUniteLegale: period.active && band.code !== "NN" ? "O" : "N",
    changementCaractereEmployeurUniteLegale: false,
  };
}

function personJson({ person, partialDiffusion }: SandboxCompany) {
  const shown = (value: string | undefined) => {
    if (value === undefined) return null;
    return partialDiffusion ? NOT_DISCLOSED : registerCase(value);
  };
  const [first, second, third, fourth] = person?.firstNames ?? [];
  return {
    sexeUniteLegale: shown(person?.sex),
    prenom1UniteLegale: shown(first),
    prenom2UniteLegale: shown(second),
    prenom3UniteLegale: shown(third),
    prenom4UniteLegale: shown(fourth),
    prenomUsuelUniteLegale: shown(first),
    pseudonymeUniteLegale: null,
  };
}

/** Keys of a legal unit that do not depend on the period. */
export function unitHeaderJson(company: SandboxCompany) {
  const { band, staffYear, updatedOn, acronym, partialDiffusion, ceasedOn } = company;
  const employer = band.code !== "NN";
  return {
    statutDiffusionUniteLegale: partialDiffusion ? "P" : "O",
    dateCreationUniteLegale: company.createdOn,
    sigleUniteLegale: partialDiffusion ? NOT_DISCLOSED : acronym,
    ...personJson(company),
    identifiantAssociationUniteLegale: null,
    // No staff is told by null here; the other providers print NN.
    trancheEffectifsUniteLegale: employer ? band.code : null,
    anneeEffectifsUniteLegale: employer ? String(staffYear) : null,
    dateDernierTraitementUniteLegale: `${updatedOn}T09:00:00`,
    categorieEntreprise: ceasedOn === null ? company.category : null,
    anneeCategorieEntreprise: ceasedOn === null ? String(staffYear) : null,
    activitePrincipaleNAF25UniteLegale: company.activity.code2025,
  };
}

export function periodsJson(company: SandboxCompany) {
  const periods = periodsOf(company);
  return periods.map((period, index) => ({ period, json: periodJson(company, period, periods[index + 1]) }));
}

export function legalUnitJson(company: SandboxCompany, date: string | undefined) {
  const all = periodsJson(company);
  const kept = all.filter(
    ({ period }) => date === undefined || (period.from <= date && (period.to ?? "9999") >= date),
  );
  return {
    siren: company.siren,
    ...unitHeaderJson(company),
    nombrePeriodesUniteLegale: all.length,
    periodesUniteLegale: kept.map(({ json }) => json),
  };
}
