import type { CompanyFacts, Etablissement, Exercice } from "../domain/companies/company.ts";
import { formeJuridiqueLabel } from "../domain/companies/forme-juridique.ts";
import { UNKNOWN_EXERCICE } from "../domain/companies/unknown-company.ts";

type Categorie = NonNullable<CompanyFacts["categorie_entreprise"]>;

const CATEGORIES: readonly Categorie[] = ["PME", "ETI", "GE"];

/** Enough to see the network of a group; the whole list of a retail chain would weigh megabytes. */
const MAX_ETABLISSEMENTS = 200;

export function categorieEntreprise(raw: string | null): Categorie | null {
  return CATEGORIES.find((categorie) => categorie === raw) ?? null;
}

/** A legal form under our label, or under the source's where we have none. */
export function formeJuridique(code: string | null, label: string | null = null) {
  return code === null ? null : { code, libelle: formeJuridiqueLabel(code) ?? label };
}

/** Digits of a SIREN or SIRET as printed; null unless exactly that many. */
export function identifier(raw: string | null, length: 9 | 14): string | null {
  const digits = (raw ?? "").replaceAll(/[\s.]/g, "");
  return digits.length === length && /^\d+$/.test(digits) ? digits : null;
}

/** An accounting year of which only some figures are known. */
export function exercice(annee: number, known: Partial<Exercice>): Exercice {
  return { ...UNKNOWN_EXERCICE, ...known, annee };
}

/** Head office first, then the open ones, then the rest in their order; no more than we keep. */
export function keepEtablissements(all: readonly Etablissement[]): Etablissement[] {
  return all.toSorted((a, b) => rank(a) - rank(b)).slice(0, MAX_ETABLISSEMENTS);
}

function rank({ siege, actif }: Etablissement): number {
  if (siege) return 0;
  return actif === false ? 2 : 1;
}

/** Auditors are listed among the officers, but run nothing. */
export function isAuditorRole(qualite: string): boolean {
  return /commissaires? aux comptes/i.test(qualite);
}
