import { COLLECTIVITES, DEPARTEMENTS } from "./departement-table.ts";

const REGION_OF = new Map(DEPARTEMENTS.map(([code, , region]) => [code, region]));
const NAMES = new Map([...DEPARTEMENTS.map(([code, nom]) => [code, nom] as const), ...COLLECTIVITES]);

/** Postal codes of the two islands that left Guadeloupe but kept its postal prefix. */
const ISLAND_POSTAL_CODES = new Map([
  ["97133", "977"],
  ["97150", "978"],
]);

const known = (code: string): string | null => (NAMES.has(code) ? code : null);

/** Exact: an INSEE commune code starts with its department. */
export function departementOfCommune(codeCommune: string): string | null {
  if (!/^(\d{2}|2[AB])\d{3}$/.test(codeCommune)) return null;
  return known(/^9[78]/.test(codeCommune) ? codeCommune.slice(0, 3) : codeCommune.slice(0, 2));
}

/** A guess, for want of the commune: some postal codes serve communes of the next department. */
export function departementOfPostalCode(codePostal: string): string | null {
  if (!/^\d{5}$/.test(codePostal)) return null;
  if (/^20[01]/.test(codePostal)) return "2A";
  if (/^20[26]/.test(codePostal)) return "2B";
  if (/^9[78]/.test(codePostal)) return ISLAND_POSTAL_CODES.get(codePostal) ?? known(codePostal.slice(0, 3));
  return codePostal.startsWith("99") ? null : known(codePostal.slice(0, 2));
}

/** Department of a place: by its commune, by its postal code only when the commune says nothing. */
export function departementOf(place: { commune: string | null; codePostal: string | null }): string | null {
  const byCommune = place.commune === null ? null : departementOfCommune(place.commune);
  if (byCommune !== null || place.codePostal === null) return byCommune;
  return departementOfPostalCode(place.codePostal);
}

/** INSEE region code; null overseas without a region and abroad. */
export function regionOfDepartement(departement: string | null): string | null {
  return departement === null ? null : (REGION_OF.get(departement) ?? null);
}

export function departementName(code: string): string | null {
  return NAMES.get(code) ?? null;
}
