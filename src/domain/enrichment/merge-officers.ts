import type { Dirigeant } from "../companies/company.ts";
import { confidenceOf, type Origin, witnessesOf } from "./merge-field.ts";
import type { SourceName } from "./source.ts";
import type { SourceState } from "./source-state.ts";

const ORDER: SourceName[] = ["pappers", "recherche_entreprises", "insee"];

export interface MergedOfficer {
  dirigeant: Dirigeant;
  origin: Origin;
}

interface Gathered {
  dirigeant: Dirigeant;
  sources: SourceName[];
  as_of: string | null;
}

function fold(text: string | null): string {
  return (text ?? "")
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, " ")
    .trim();
}

function firstName(prenoms: string | null): string {
  return fold(prenoms).split(" ")[0] ?? "";
}

/** The same person under two spellings: same surname, first given name and, where both say it, birth year. */
function isSamePerson(a: Dirigeant, b: Dirigeant): boolean {
  if (a.type !== b.type) return false;
  if (a.type === "personne_morale") {
    if (a.siren !== null && b.siren !== null) return a.siren === b.siren;
    return fold(a.denomination) !== "" && fold(a.denomination) === fold(b.denomination);
  }
  if (a.annee_naissance !== null && b.annee_naissance !== null && a.annee_naissance !== b.annee_naissance) {
    return false;
  }
  return fold(a.nom) !== "" && fold(a.nom) === fold(b.nom) && firstName(a.prenoms) === firstName(b.prenoms);
}

/** "Président de SAS" says what "Président" says: the role is compared without the legal form. */
function roleKey(role: string): string {
  return fold(role).replace(/ (DE|D UNE|DU|DE LA) (SAS|SASU|SARL|SA|SOCIETE.*|CONSEIL.*)$/, "");
}

function joinRoles(a: string[], b: string[]): string[] {
  const roles = new Map<string, string>();
  for (const role of [...a, ...b]) if (!roles.has(roleKey(role))) roles.set(roleKey(role), role);
  return [...roles.values()];
}

function join(a: Dirigeant, b: Dirigeant): Dirigeant {
  return {
    type: a.type,
    nom: a.nom ?? b.nom,
    prenoms: a.prenoms ?? b.prenoms,
    annee_naissance: a.annee_naissance ?? b.annee_naissance,
    siren: a.siren ?? b.siren,
    denomination: a.denomination ?? b.denomination,
    qualites: joinRoles(a.qualites, b.qualites),
    depuis: a.depuis ?? b.depuis,
  };
}

/** Each officer once, whatever the spelling and however many sources name them. */
export function mergeOfficers(states: SourceState[]): MergedOfficer[] {
  const gathered: Gathered[] = [];
  for (const { source, record } of witnessesOf(states, ORDER)) {
    for (const dirigeant of record.dirigeants ?? []) {
      const known = gathered.find((entry) => isSamePerson(entry.dirigeant, dirigeant));
      if (known === undefined) {
        const roles = joinRoles([], dirigeant.qualites);
        gathered.push({
          dirigeant: { ...dirigeant, qualites: roles },
          sources: [source],
          as_of: record.as_of,
        });
      } else {
        known.dirigeant = join(known.dirigeant, dirigeant);
        if (!known.sources.includes(source)) known.sources.push(source);
      }
    }
  }
  return gathered.map(({ dirigeant, sources, as_of }) => {
    const source = sources[0] ?? "recherche_entreprises";
    return { dirigeant, origin: { source, as_of, confidence: confidenceOf(source, sources.length - 1, 0) } };
  });
}
