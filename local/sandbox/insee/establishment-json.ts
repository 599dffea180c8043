import type { Address, Establishment, SandboxCompany } from "../world/company.ts";
import { NOT_DISCLOSED, periodsJson, unitHeaderJson } from "./legal-unit-json.ts";

function addressJson({ number, kind, street, town }: Address, partial: boolean) {
  const hide = (value: string) => (partial ? NOT_DISCLOSED : value);
  const hidden = partial ? NOT_DISCLOSED : null;
  return {
    complementAdresseEtablissement: hidden,
    numeroVoieEtablissement: hide(String(number)),
    indiceRepetitionEtablissement: hidden,
    dernierNumeroVoieEtablissement: hidden,
    typeVoieEtablissement: hide(kind),
    libelleVoieEtablissement: hide(street),
    codePostalEtablissement: hide(town.postalCode),
    libelleCommuneEtablissement: town.name,
    codeCommuneEtablissement: town.communeCode,
    distributionSpecialeEtablissement: hidden,
    codeCedexEtablissement: null,
    libelleCedexEtablissement: null,
    libelleCommuneEtrangerEtablissement: null,
    codePaysEtrangerEtablissement: null,
    libellePaysEtrangerEtablissement: null,
  };
}

function establishmentPeriods({ activity }: SandboxCompany, { openedOn, closedOn, band }: Establishment) {
  const open = {
    dateFin: closedOn,
    dateDebut: openedOn,
    etatAdministratifEtablissement: "A",
    changementEtatAdministratifEtablissement: false,
    enseigne1Etablissement: null,
    enseigne2Etablissement: null,
    enseigne3Etablissement: null,
    changementEnseigneEtablissement: false,
    denominationUsuelleEtablissement: null,
    changementDenominationUsuelleEtablissement: false,
    activitePrincipaleEtablissement: activity.code,
    nomenclatureActivitePrincipaleEtablissement: "NAFRev2",
    changementActivitePrincipaleEtablissement: false,
    caractereEmployeurEtablissement: band.code === "NN" ? "N" : "O",
    changementCaractereEmployeurEtablissement: false,
  };
  if (closedOn === null) return [open];
  const closed = { etatAdministratifEtablissement: "F", changementEtatAdministratifEtablissement: true };
  return [{ ...open, ...closed, dateFin: null, dateDebut: closedOn }, open];
}

/** The legal unit inside an establishment is flat: its current period is folded in. */
function flatUnit(company: SandboxCompany) {
  const entries = Object.entries(periodsJson(company)[0]?.json ?? {});
  const current = entries.filter(([key]) => !key.startsWith("changement") && !key.startsWith("date"));
  return { ...unitHeaderJson(company), ...Object.fromEntries(current) };
}

export function establishmentJson(company: SandboxCompany, establishment: Establishment) {
  const { siret, headOffice, address, band, openedOn } = establishment;
  const employer = band.code !== "NN";
  return {
    siren: company.siren,
    nic: siret.slice(9),
    siret,
    statutDiffusionEtablissement: company.partialDiffusion ? "P" : "O",
    dateCreationEtablissement: openedOn,
    trancheEffectifsEtablissement: employer ? band.code : null,
    anneeEffectifsEtablissement: employer ? String(company.staffYear) : null,
    activitePrincipaleRegistreMetiersEtablissement: null,
    dateDernierTraitementEtablissement: `${company.updatedOn}T09:00:00`,
    etablissementSiege: headOffice,
    nombrePeriodesEtablissement: establishment.closedOn === null ? 1 : 2,
    uniteLegale: flatUnit(company),
    adresseEtablissement: addressJson(address, company.partialDiffusion),
    periodesEtablissement: establishmentPeriods(company, establishment),
  };
}
