import { type NafRange, nafRange } from "../../domain/companies/naf.ts";
import type { CompanyFilter, FilterContext } from "../../domain/search/company-filter.ts";
import type { SqlParams } from "./sql-params.ts";

/** Names of these are followed by the number of an arrondissement. */
const DIVIDED_CITIES = new Set(["paris", "lyon", "marseille"]);
/** Shorter pieces have no trigram to be found by. */
const LEAST_WORD = 3;

const BOUNDS = [
  ["score_min", "c.tri_score", ">="],
  ["ca_min", "c.tri_ca", ">="],
  ["effectif_min", "c.tri_effectif", ">="],
  ["enriched_since", "c.last_scraped_at", ">="],
] as const;

/** With the least that is known: what stands for an unknown value is below it. */
const MAXIMA = [
  ["score_max", "c.tri_score", "0"],
  ["ca_max", "c.tri_ca", "-999999999999999"],
  ["effectif_max", "c.tri_effectif", "0"],
] as const;

const LISTS = [
  ["code_postal", "c.code_postal"],
  ["departement", "c.departement"],
  ["region", "c.region"],
] as const;

/** One value as an equality: the indexes that begin with the column then give the order too. */
function oneOf(column: string, values: readonly string[], params: SqlParams): string {
  return values.length === 1
    ? `${column} = ${params.add(values[0])}`
    : `${column} = any(${params.add(values)}::text[])`;
}

function anyOf(conditions: string[]): string {
  return conditions.length === 1 ? conditions.join("") : `(${conditions.join(" or ")})`;
}

function cities(names: readonly string[], params: SqlParams): string {
  const divided = names.filter((name) => DIVIDED_CITIES.has(name));
  return anyOf([
    oneOf("c.ville_cle", names, params),
    ...divided.map((name) => {
      return `(c.ville_cle >= ${params.add(`${name} 0`)} and c.ville_cle < ${params.add(`${name} :`)})`;
    }),
  ]);
}

function activities({ code_naf = [], naf_version = "rev2" }: CompanyFilter, params: SqlParams): string {
  const ranges = code_naf.map((code) => nafRange(code, naf_version)).filter((range) => range !== null);
  const whole = (version: NafRange["version"]): string[] =>
    ranges.flatMap((range) => (range.version === version && range.to === null ? [range.from] : []));
  const columns = { rev2: "c.code_naf", "2025": "c.code_naf_2025" };
  return anyOf([
    ...(["rev2", "2025"] as const).flatMap((version) =>
      whole(version).length === 0 ? [] : [oneOf(columns[version], whole(version), params)],
    ),
    ...ranges.flatMap(({ version, from, to }) =>
      to === null
        ? []
        : [`(${columns[version]} >= ${params.add(from)} and ${columns[version]} < ${params.add(to)})`],
    ),
  ]);
}

function legalForms(codes: readonly string[], params: SqlParams): string {
  const whole = codes.filter((code) => code.length === 4);
  return anyOf([
    ...(whole.length === 0 ? [] : [oneOf("c.forme_juridique", whole, params)]),
    ...codes
      .filter((code) => code.length < 4)
      .map((code) => `c.forme_juridique like ${params.add(`${code}%`)}`),
  ]);
}

/** The day on which a company of today's age was created, at the latest. */
function bornBy(now: number, years: number): string {
  const day = new Date(now);
  const month = day.getUTCMonth();
  day.setUTCFullYear(day.getUTCFullYear() - years);
  // Of a 29 February that the year did not have: the birthday of 1 March is not reached yet.
  if (day.getUTCMonth() !== month) day.setUTCDate(0);
  return day.toISOString().slice(0, 10);
}

function words(q: string, params: SqlParams): string[] {
  const long = q.split(" ").filter((word) => word.length >= LEAST_WORD);
  // Folded text has neither `%` nor `_` nor `\`.
  return long.length === 0
    ? [`c.nom_cle like ${params.add(`${q}%`)}`]
    : q.split(" ").map((word) => `c.nom_cle like ${params.add(`%${word}%`)}`);
}

function contacts(wanted: boolean, context: FilterContext, params: SqlParams): string {
  return `${wanted ? "" : "not "}exists (select from contacts k where k.organisation_id = ${params.add(context.organisationId)}
    and k.siren = c.siren and (k.email_professionnel is not null or k.telephone is not null))`;
}

/** What a filter asks of a row `c` of `companies`: conditions that all have to hold. */
export function companyConditions(
  filter: CompanyFilter,
  context: FilterContext,
  params: SqlParams,
): string[] {
  const conditions: string[] = [];
  for (const [name, column, sign] of BOUNDS) {
    const value = filter[name];
    if (value !== undefined) conditions.push(`${column} ${sign} ${params.add(value)}`);
  }
  for (const [name, column] of LISTS) {
    const values = filter[name];
    if (values !== undefined) conditions.push(oneOf(column, values, params));
  }
  for (const [name, column, least] of MAXIMA) {
    const value = filter[name];
    if (value !== undefined) conditions.push(`${column} between ${least} and ${params.add(value)}`);
  }
  if (filter.ville !== undefined) conditions.push(cities(filter.ville, params));
  if (filter.code_naf !== undefined) conditions.push(activities(filter, params));
  if (filter.forme_juridique !== undefined) conditions.push(legalForms(filter.forme_juridique, params));
  if (filter.age_min !== undefined)
    conditions.push(`c.date_creation <= ${params.add(bornBy(context.now, filter.age_min))}::date`);
  if (filter.age_max !== undefined)
    conditions.push(`c.date_creation > ${params.add(bornBy(context.now, filter.age_max + 1))}::date`);
  if (filter.statut !== undefined) conditions.push(`c.statut = ${params.add(filter.statut)}`);
  if (filter.q !== undefined) conditions.push(...words(filter.q, params));
  if (filter.has_contacts !== undefined) conditions.push(contacts(filter.has_contacts, context, params));
  return conditions;
}
