import type { Officer, PersonOfficer, SandboxCompany } from "../world/company.ts";
import { registerCase } from "../world/person-names.ts";
import { hasTrait } from "../world/random.ts";
import { MASK } from "./establishment-json.ts";

function personJson(officer: PersonOfficer, masked: boolean) {
  return {
    nom: masked ? MASK : registerCase(officer.lastName),
    prenoms: masked ? MASK : registerCase(officer.firstNames.join(" ")),
    annee_de_naissance: masked ? MASK : officer.birthDate.slice(0, 4),
    date_de_naissance: masked ? MASK : officer.birthDate.slice(0, 7),
    qualite: officer.role.recherche,
    nationalite: masked ? MASK : "Française",
    type_dirigeant: "personne physique",
  };
}

function officerJson(officer: Officer, masked: boolean) {
  if (officer.kind === "person") return personJson(officer, masked);
  return {
    siren: officer.siren,
    denomination: officer.name,
    // The State and the like come without any role.
    qualite: officer.siren === null && officer.name.startsWith("INDIVISION") ? null : officer.role.recherche,
    type_dirigeant: "personne morale",
  };
}

/** The two registers that are merged upstream do not always spell a person alike. */
function otherSpelling(officer: PersonOfficer) {
  const [usual] = officer.firstNames;
  return {
    ...personJson(officer, false),
    nom: officer.lastName.includes(" ") ? officer.lastName.replace(" ", "-") : officer.lastName,
    prenoms: officer.firstNames.length > 1 ? registerCase(usual) : `${registerCase(usual)} (${usual})`,
    nationalite: "FRANCAISE",
  };
}

export function officersJson({ siren, officers, partialDiffusion }: SandboxCompany) {
  const listed: object[] = officers.map((officer) => officerJson(officer, partialDiffusion));
  const first = officers.find((officer) => officer.kind === "person");
  if (first !== undefined && !partialDiffusion && hasTrait(siren, "officer-twice", 0.04)) {
    listed.push(otherSpelling(first));
  }
  return listed;
}
