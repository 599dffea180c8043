import { foldCity } from "../../lib/fold-city.ts";
import { foldText } from "../../lib/fold-text.ts";
import type { CompanySort, CompanySummary } from "./company-filter.ts";
import type { SearchPlace } from "./ports.ts";

/** What stands for an unknown value: it comes last in the natural order. As the generated columns of `companies`. */
const UNKNOWN = { score: -1, ca: -1e15, effectif: -1, nom: "~" } as const;

export function staffOf({ effectif, tranche_effectif }: CompanySummary): number {
  return effectif ?? tranche_effectif?.min ?? UNKNOWN.effectif;
}

/** As far as the database looks into a name and a city, folded. */
const NAME_LENGTH = 200;
const CITY_LENGTH = 100;

export function nameKeyOf({ nom_entreprise }: Pick<CompanySummary, "nom_entreprise">): string {
  return foldText(nom_entreprise ?? "").slice(0, NAME_LENGTH) || UNKNOWN.nom;
}

/** What a city is found by, of a company and of a filter alike. */
export function cityKeyOf(ville: string): string {
  return foldCity(ville).slice(0, CITY_LENGTH);
}

function keyOf(company: CompanySummary, sort: CompanySort): number | string {
  switch (sort) {
    case "score":
      return company.ma_score ?? UNKNOWN.score;
    case "ca":
      return company.chiffre_affaires ?? UNKNOWN.ca;
    case "effectif":
      return staffOf(company);
    case "nom":
      return nameKeyOf(company);
    case "fraicheur":
      return Date.parse(company.last_scraped_at);
    default:
      return sort satisfies never;
  }
}

export function isRanked(company: CompanySummary, sort: CompanySort): boolean {
  return sort === "fraicheur" || keyOf(company, sort) !== UNKNOWN[sort];
}

export function placeOf(company: CompanySummary, sort: CompanySort): SearchPlace {
  return { value: String(keyOf(company, sort)), siren: company.siren };
}

function compare<Key extends number | string>(a: Key, b: Key): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The order of the pages: by value, then by SIREN, in the same direction; all but names begin with the highest. */
export function comparePlaces(sort: CompanySort, reversed: boolean) {
  const direction = (sort === "nom") === reversed ? -1 : 1;
  return (a: SearchPlace, b: SearchPlace): number => {
    const byValue = sort === "nom" ? compare(a.value, b.value) : compare(Number(a.value), Number(b.value));
    return direction * (byValue || compare(a.siren, b.siren));
  };
}
