import type { CompanyFilter, CompanySort, FilterContext } from "../../domain/search/company-filter.ts";
import type { SearchPage, SearchPlace } from "../../domain/search/ports.ts";
import { companyConditions } from "./company-conditions.ts";
import type { Statement } from "./database.ts";
import { SqlParams } from "./sql-params.ts";

interface Order {
  column: string;
  type: string;
  natural: "asc" | "desc";
  /** What stands for an unknown value; null: there is none. */
  unknown: string | null;
}

const ORDERS: Record<CompanySort, Order> = {
  score: { column: "c.tri_score", type: "smallint", natural: "desc", unknown: "-1" },
  ca: { column: "c.tri_ca", type: "bigint", natural: "desc", unknown: "-1000000000000000" },
  effectif: { column: "c.tri_effectif", type: "integer", natural: "desc", unknown: "-1" },
  nom: { column: "c.nom_cle", type: "text", natural: "asc", unknown: "~" },
  fraicheur: { column: "c.last_scraped_at", type: "timestamptz", natural: "desc", unknown: null },
};

/** Of `companies c`. */
export const SUMMARY_COLUMNS = `c.siren, c.nom_entreprise, c.statut, c.diffusion, c.code_naf, c.code_naf_2025, c.forme_juridique,
  c.categorie_entreprise, c.date_creation::text as date_creation, c.tranche_effectif, c.effectif, c.chiffre_affaires::float8 as chiffre_affaires,
  c.resultat::float8 as resultat, c.code_postal, c.ville, c.departement, c.region, c.ma_score, c.score_confidence, c.last_scraped_at`;

function whereOf(conditions: string[]): string {
  return conditions.length === 0 ? "" : `where ${conditions.join("\n  and ")}`;
}

/** Behind a place. After the unknown, which are many and come last, only they are left: the planner has to know. */
function beyond({ value, siren }: SearchPlace, { column, type, unknown }: Order, params: SqlParams) {
  const from = `${params.add(value)}::${type}`;
  const than = params.add(siren);
  return (sign: "<" | ">"): string =>
    value === unknown
      ? `${column} = ${from} and c.siren ${sign} ${than}`
      : `(${column}, c.siren) ${sign} (${from}, ${than})`;
}

/**
 * One page of companies in a total order, by comparison with the last one seen: a deep page costs what the first does.
 * Each row has `place`, the text of its sort value for the next page.
 */
export function searchStatement(filter: CompanyFilter, context: FilterContext, page: SearchPage): Statement {
  const params = new SqlParams();
  const conditions = companyConditions(filter, context, params);
  const { column, type, natural, unknown } = ORDERS[page.sort];
  const descending = (natural === "desc") !== page.reversed;
  const direction = descending ? "desc" : "asc";
  if (page.reversed && unknown !== null) conditions.push(`${column} <> ${params.add(unknown)}::${type}`);
  if (page.after !== null) {
    conditions.push(beyond(page.after, ORDERS[page.sort], params)(descending ? "<" : ">"));
  }
  // The inner query finds its way in an index alone; only the companies of the page are read from the table.
  // Named, since the shape varies with the filter: see `nameStatement`.
  const text = `/* company_search */
select ${SUMMARY_COLUMNS}, ${column}::text as place
from (
  select c.siren, ${column} as sorted
  from companies c
  ${whereOf(conditions)}
  order by ${column} ${direction}, c.siren ${direction}
  limit ${params.add(page.limit)}
) page join companies c on c.siren = page.siren
order by page.sorted ${direction}, page.siren ${direction}`;
  return { text, params: params.values };
}

/** The planner's own guess of how many companies a filter has: a row of JSON, at the cost of planning. */
export function estimateStatement(filter: CompanyFilter, context: FilterContext): Statement {
  const params = new SqlParams();
  const conditions = companyConditions(filter, context, params);
  const text = `/* company_estimate */ explain (format json) select from companies c ${whereOf(conditions)}`;
  return { text, params: params.values };
}
