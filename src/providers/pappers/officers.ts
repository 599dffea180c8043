import type { Dirigeant } from "../../domain/companies/company.ts";
import { toIsoDate, toYear } from "../dates.ts";
import { identifier, isAuditorRole } from "../register-fields.ts";
import type { PappersRepresentant } from "./schema.ts";

/** One officer with every office held; nobody when auditing is all the person does. */
export function toDirigeant(person: PappersRepresentant): Dirigeant[] {
  const roles = rolesOf(person);
  const qualites = roles.filter((role) => !isAuditorRole(role));
  if (qualites.length === 0 && roles.length > 0) return [];
  const isMorale = person.personne_morale === true;
  return [
    {
      type: isMorale ? "personne_morale" : "personne_physique",
      nom: isMorale ? null : (person.nom ?? person.nom_complet),
      prenoms: isMorale ? null : (person.prenom?.replaceAll(/\s*,\s*/g, " ") ?? null),
      annee_naissance: isMorale ? null : toYear(person.date_de_naissance),
      siren: isMorale ? identifier(person.siren, 9) : null,
      denomination: isMorale ? (person.denomination ?? person.nom_complet) : null,
      qualites,
      depuis: toIsoDate(person.date_prise_de_poste),
    },
  ];
}

function rolesOf({ qualites, qualite }: PappersRepresentant): string[] {
  const several = Array.isArray(qualites) ? qualites : [qualites ?? null];
  const given = several.filter((role) => role !== null);
  if (given.length > 0) return given;
  return qualite === null ? [] : [qualite];
}
