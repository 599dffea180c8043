import { type NafRange, nafRange } from "../companies/naf.ts";
import type { CompanyFilter, CompanySummary } from "./company-filter.ts";
import { cityKeyOf, nameKeyOf, staffOf } from "./company-order.ts";

/** When it is, and the companies where the organisation has a contact it can reach. */
export interface MatchContext {
  /** ms. */
  now: number;
  reachable: ReadonlySet<string>;
}

const DIVIDED_CITY = /^(paris|lyon|marseille) \d/;
const LEAST_WORD = 3;

function within(value: number | null, least: number | undefined, most: number | undefined): boolean {
  if (least === undefined && most === undefined) return true;
  return value !== null && value >= (least ?? -Infinity) && value <= (most ?? Infinity);
}

function isOne(value: string | null, wanted: readonly string[] | undefined): boolean {
  return wanted === undefined || (value !== null && wanted.includes(value));
}

/** Birthdays that have been, as of `now` (UTC). */
function wholeYears(birth: string, now: number): number {
  const today = new Date(now).toISOString();
  const years = Number(today.slice(0, 4)) - Number(birth.slice(0, 4));
  return today.slice(5, 10) < birth.slice(5, 10) ? years - 1 : years;
}

function isOfAge({ date_creation }: CompanySummary, filter: CompanyFilter, now: number): boolean {
  const age = date_creation === null ? null : wholeYears(date_creation, now);
  return within(age, filter.age_min, filter.age_max);
}

function isInCity({ ville }: CompanySummary, wanted: readonly string[] | undefined): boolean {
  if (wanted === undefined) return true;
  if (ville === null) return false;
  const key = cityKeyOf(ville);
  const [, whole] = DIVIDED_CITY.exec(key) ?? [];
  return wanted.includes(key) || (whole !== undefined && wanted.includes(whole));
}

function isWithin(code: string | null, { from, to }: NafRange): boolean {
  return code !== null && (to === null ? code === from : code >= from && code < to);
}

function isActive(company: CompanySummary, { code_naf, naf_version = "rev2" }: CompanyFilter): boolean {
  if (code_naf === undefined) return true;
  return code_naf.some((code) => {
    const range = nafRange(code, naf_version);
    if (range === null) return false;
    return isWithin(range.version === "rev2" ? company.code_naf : company.code_naf_2025, range);
  });
}

function isOfForm({ forme_juridique }: CompanySummary, wanted: readonly string[] | undefined): boolean {
  if (wanted === undefined) return true;
  return forme_juridique !== null && wanted.some((code) => forme_juridique.code.startsWith(code));
}

function isNamed(company: CompanySummary, q: string | undefined): boolean {
  if (q === undefined) return true;
  const name = nameKeyOf(company);
  const words = q.split(" ");
  return words.every((word) => word.length < LEAST_WORD)
    ? name.startsWith(q)
    : words.every((word) => name.includes(word));
}

/** What `companyConditions` asks of a row, said of a company at hand. */
export function matchesFilter(
  company: CompanySummary,
  filter: CompanyFilter,
  context: MatchContext,
): boolean {
  const { score_min, score_max, ca_min, ca_max, effectif_min, effectif_max } = filter;
  const { statut, has_contacts, enriched_since } = filter;
  const staff = staffOf(company);
  return (
    within(company.ma_score, score_min, score_max) &&
    within(company.chiffre_affaires, ca_min, ca_max) &&
    within(staff < 0 ? null : staff, effectif_min, effectif_max) &&
    isInCity(company, filter.ville) &&
    isOne(company.code_postal, filter.code_postal) &&
    isOne(company.departement, filter.departement) &&
    isOne(company.region, filter.region) &&
    isActive(company, filter) &&
    isOfForm(company, filter.forme_juridique) &&
    isOfAge(company, filter, context.now) &&
    (statut === undefined || company.statut === statut) &&
    (has_contacts === undefined || context.reachable.has(company.siren) === has_contacts) &&
    (enriched_since === undefined || Date.parse(company.last_scraped_at) >= Date.parse(enriched_since)) &&
    isNamed(company, filter.q)
  );
}
