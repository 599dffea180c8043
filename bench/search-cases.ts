import type { Client } from "pg";
import { Random } from "../local/sandbox/world/random.ts";
import type { FilterContext } from "../src/domain/search/company-filter.ts";
import type { SearchPlace } from "../src/domain/search/ports.ts";
import { estimateStatement, searchStatement } from "../src/storage/postgres/company-search-statements.ts";
import type { Statement } from "../src/storage/postgres/database.ts";
import { GENERATED_AT } from "./company-generator.ts";
import type { SearchCase, SearchQuery } from "./search-queries.ts";

export const PAGE_ROWS = 50;
export const DEEP_PAGE = 1_000;

/** Who searches, and when. */
export const CONTEXT: FilterContext = { organisationId: "org_bench", now: GENERATED_AT };

/** One search with its values, ready to be sent. */
export interface PreparedCase {
  first: Statement;
  /** Page 1,000, or the last one; null: the first is the only one. */
  deep: Statement | null;
  deepPage: number;
  estimate: Statement;
}

/** So many cases of a query, the same in every run; finds the place where each one's deep page begins. */
export async function prepareCases(
  client: Client,
  query: SearchQuery,
  count: number,
): Promise<PreparedCase[]> {
  const random = new Random(query.name);
  const cases: PreparedCase[] = [];
  for (let index = 0; index < count; index++) cases.push(await prepare(client, query.draw(random)));
  return cases;
}

async function prepare(client: Client, wanted: SearchCase): Promise<PreparedCase> {
  const { place, page } = await deepPlace(client, wanted);
  return {
    first: pageOf(wanted, null, PAGE_ROWS),
    deep: place === null ? null : pageOf(wanted, place, PAGE_ROWS),
    deepPage: page,
    estimate: estimateStatement(wanted.filter, CONTEXT),
  };
}

function pageOf({ filter, sort, reversed }: SearchCase, after: SearchPlace | null, limit: number): Statement {
  return searchStatement(filter, CONTEXT, { sort, reversed, after, limit });
}

/** The last company before the deep page: a user got there page by page. */
async function deepPlace(
  client: Client,
  wanted: SearchCase,
): Promise<{ place: SearchPlace | null; page: number }> {
  const { text, params } = pageOf(wanted, null, (DEEP_PAGE - 1) * PAGE_ROWS + 1);
  const { rows } = await client.query<{ value: string; siren: string }>(
    `select place as value, siren from (${text}) pages`,
    params,
  );
  const pagesBefore = Math.floor((rows.length - 1) / PAGE_ROWS);
  const last = rows[pagesBefore * PAGE_ROWS - 1];
  return { place: last ?? null, page: Math.max(1, pagesBefore + 1) };
}
