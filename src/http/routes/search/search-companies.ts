import { createRoute, type RouteHandler } from "@hono/zod-openapi";
import type { Context } from "hono";
import { expandCompanies } from "../../../domain/search/expand-companies.ts";
import { searchCompanies, type SearchInput } from "../../../domain/search/search-companies.ts";
import type { AppEnv } from "../../app-env.ts";
import { filterOf } from "../../company-filter-input.ts";
import { companySummaryJson } from "../../company-summary.ts";
import { keepFields } from "../../field-selection.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { RequestInvalid } from "../../request-invalid.ts";
import { COMMON_PROBLEMS, TOO_BROAD } from "../../shared-responses.ts";
import { CompanySearchPage, SearchQueryInput } from "./schema.ts";
import { cursorOf, type CursorScope, readCursor } from "./search-cursor.ts";

export const searchCompaniesRoute = createRoute({
  method: "get",
  path: "/api/v2/companies",
  operationId: "searchCompanies",
  tags: ["Companies"],
  summary: "Search the stored companies",
  description:
    "Each parameter narrows the choice, each of its comma-separated values widens it; bounds are inclusive, and a company whose value is unknown matches no bound. Asks no source and costs nothing. A test key searches the synthetic companies.",
  security: [{ bearer: ["companies:read"] }],
  middleware: [requireScope("companies:read")] as const,
  request: { query: SearchQueryInput },
  responses: {
    200: {
      description: "One page of companies",
      headers: {
        Link: {
          description: "The next page, while there is one",
          schema: { type: "string", example: '<https://…/api/v2/companies?cursor=…>; rel="next"' },
        },
      },
      content: { "application/json": { schema: CompanySearchPage } },
    },
    ...COMMON_PROBLEMS,
    ...TOO_BROAD,
  },
});

type Wish = Omit<SearchInput, "from">;

/** All that decides which companies come in which order: a cursor is good for these alone. */
function wishOf(query: SearchQueryInput, organisationId: string): Wish {
  const { sort = "score", order, limit } = query;
  const natural = sort === "nom" ? "asc" : "desc";
  const reversed = order !== undefined && order !== natural;
  return { organisationId, filter: filterOf(query), sort, reversed, limit };
}

/** Throws `RequestInvalid`, `StorageUnavailable`. */
async function progressOf(
  context: Context<AppEnv>,
  scope: CursorScope,
  cursor: string | undefined,
): Promise<SearchInput["from"]> {
  if (cursor === undefined) return null;
  const { keyring } = context.get("isolate").services.accounts;
  const progress = await readCursor(keyring, scope, cursor);
  if (progress !== null) return progress;
  const params = { fault: "search.cursor" };
  throw new RequestInvalid(
    [{ code: "custom", path: ["cursor"], message: "cursor", params, input: cursor }],
    "query",
  );
}

function linkTo(address: string, cursor: string | null): Record<string, string> {
  if (cursor === null) return {};
  const next = new URL(address);
  next.searchParams.set("cursor", cursor);
  return { link: `<${next.href}>; rel="next"` };
}

export const searchCompaniesHandler: RouteHandler<typeof searchCompaniesRoute, AppEnv> = async (context) => {
  const query = context.req.valid("query");
  const { organisationId, mode } = context.get("principal");
  const { search, accounts } = context.get("isolate").services;
  const wish = wishOf(query, organisationId);
  const { limit: _pageSize, ...choice } = wish;
  const scope = { ...choice, mode };
  const from = await progressOf(context, scope, query.cursor);
  const { companies, next, estimatedTotal } = await searchCompanies(search[mode], { ...wish, from });
  const sirens = companies.map(({ siren }) => siren);
  const parts = query.expand ?? new Set();
  const expanded = await expandCompanies(search, { organisationId, mode, sirens, parts });
  const data = companies.map((company) => ({
    ...keepFields(companySummaryJson(company), query.fields),
    ...expanded.get(company.siren),
  }));
  const next_cursor = next === null ? null : await cursorOf(accounts.keyring, scope, next);
  const answer = { data, next_cursor, has_more: next !== null, estimated_total: estimatedTotal };
  return context.json(answer, 200, { ...PRIVATE_JSON, ...linkTo(context.req.url, next_cursor) });
};
