import type { Dirigeant } from "../companies/company.ts";

const MIN_AGE = 16;
const MAX_AGE = 110;

const AUDITOR = /commissaire/;
const NOT_A_HEAD = /surveillance|comite|vice/;
const HEAD = /president|gerant/;
const EXECUTIVE = /president|gerant|directeur general|directoire|exploitant|entrepreneur|associe/;

function fold(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

function hasRole({ qualites }: Dirigeant, role: RegExp, except: RegExp): boolean {
  return qualites.map(fold).some((quality) => role.test(quality) && !except.test(quality));
}

/** Everyone who runs the company; auditors are listed among the officers but run nothing. */
function managing(officers: Dirigeant[]): Dirigeant[] {
  return officers.filter(
    ({ qualites }) => qualites.length === 0 || qualites.some((one) => !AUDITOR.test(fold(one))),
  );
}

/** Whether a legal person heads the company; null when no head can be told from the list. */
export function isHeadedByLegalPerson(officers: Dirigeant[]): boolean | null {
  const heads = managing(officers).filter((officer) => hasRole(officer, HEAD, NOT_A_HEAD));
  return heads.length === 0 ? null : heads.some(({ type }) => type === "personne_morale");
}

function ageOf({ annee_naissance }: Dirigeant, year: number): number | null {
  const age = annee_naissance === null ? null : year - annee_naissance;
  return age !== null && age >= MIN_AGE && age <= MAX_AGE ? age : null;
}

function surname({ nom }: Dirigeant): string | null {
  // The register writes "DURAND (MARTIN)" for a name in use.
  const name = fold(nom ?? "").replace(/\(.*\)/, "");
  const letters = name.replace(/[^a-z]+/g, " ").trim();
  return letters === "" ? null : letters;
}

export interface Leadership {
  leader: Dirigeant;
  age: number;
  /** Natural persons who run the company. */
  people: number;
  /** Every one of them has an age and, if several, a name: only then can they be compared. */
  complete: boolean;
  /** Someone of the leader's name, a generation younger. */
  successor: boolean;
  /** A legal person runs the company too, so that `people` is not everyone. */
  beside_legal_person: boolean;
}

/** The oldest executive of known age; null when there is none. */
export function leadership(officers: Dirigeant[], year: number, generation: number): Leadership | null {
  const managers = managing(officers);
  const people = managers.filter(({ type }) => type === "personne_physique");
  const executives = people.filter((person) => hasRole(person, EXECUTIVE, NOT_A_HEAD));
  const aged = (executives.length > 0 ? executives : people).flatMap((leader) => {
    const age = ageOf(leader, year);
    return age === null ? [] : [{ leader, age }];
  });
  const oldest = aged.reduce<(typeof aged)[number] | null>(
    (a, b) => (a === null || b.age > a.age ? b : a),
    null,
  );
  if (oldest === null) return null;
  const named = people.length === 1 || people.every((person) => surname(person) !== null);
  const successor = people.some((person) => {
    const age = ageOf(person, year);
    const sameName = surname(person) !== null && surname(person) === surname(oldest.leader);
    return sameName && age !== null && oldest.age - age >= generation;
  });
  const complete = named && people.every((person) => ageOf(person, year) !== null);
  const beside_legal_person = people.length < managers.length;
  return { ...oldest, people: people.length, complete, successor, beside_legal_person };
}
