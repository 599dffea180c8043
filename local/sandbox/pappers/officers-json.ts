import { ageOf, frenchDate } from "../world/calendar.ts";
import type { CompanyOfficer, Officer, PersonOfficer, SandboxCompany } from "../world/company.ts";
import { DURAND_SIREN } from "../world/documented-sirens.ts";
import { hasTrait, seeded } from "../world/random.ts";

type RoleKeys = "both" | "old" | "new";

/** The API renamed `qualite` to `qualites` in 2025; a SIREN stands for one of the three ways met in the wild. */
function roleKeysOf(siren: string): RoleKeys {
  if (siren === DURAND_SIREN) return "both";
  return seeded(siren, "pappers-roles").pick(["both", "old", "new"]);
}

function roleJson(keys: RoleKeys, role: string) {
  return {
    ...(keys !== "new" && { qualite: role }),
    ...(keys !== "old" && { qualites: [role] }),
  };
}

function nationalityJson(keys: RoleKeys) {
  return {
    nationalite: "Française",
    ...(keys !== "new" && { code_nationalite: "FR" }),
    ...(keys !== "old" && { codes_nationalites: ["FR"] }),
  };
}

function personJson(officer: PersonOfficer, keys: RoleKeys, wholeDate: boolean) {
  const { lastName, firstNames, birthDate, home } = officer;
  const date = wholeDate ? birthDate : birthDate.slice(0, 7);
  return {
    sexe: officer.sex,
    nom: lastName,
    prenom: firstNames.join(", "),
    prenom_usuel: firstNames[0],
    nom_complet: `${firstNames[0]} ${lastName}`,
    date_de_naissance: date,
    date_de_naissance_formate: frenchDate(date),
    age: ageOf(birthDate),
    ...nationalityJson(keys),
    ville_de_naissance: officer.birthTown,
    pays_de_naissance: "FRANCE",
    code_pays_de_naissance: "FR",
    adresse_ligne_1: null,
    adresse_ligne_2: null,
    adresse_ligne_3: null,
    code_postal: home.postalCode,
    ville: home.town,
    pays: "France",
    code_pays: "FR",
  };
}

function companyJson({ siren, name, address }: CompanyOfficer) {
  return {
    denomination: name,
    ...(siren !== null && { siren }),
    forme_juridique: "Société par actions simplifiée",
    nom_complet: name,
    adresse_ligne_1: `${address.number} ${address.kind} ${address.street}`,
    adresse_ligne_2: null,
    adresse_ligne_3: null,
    code_postal: address.town.postalCode,
    ville: address.town.name,
    pays: "France",
    code_pays: "FR",
  };
}

export function officersJson({ siren, officers, partialDiffusion }: SandboxCompany) {
  if (partialDiffusion) return [];
  const keys = roleKeysOf(siren);
  const wholeDate = siren === DURAND_SIREN || hasTrait(siren, "pappers-birth-day", 0.7);
  return officers.map((officer: Officer) => ({
    ...roleJson(keys, officer.role.pappers),
    personne_morale: officer.kind === "company",
    date_prise_de_poste: officer.since,
    ...(officer.kind === "person" ? personJson(officer, keys, wholeDate) : companyJson(officer)),
  }));
}
