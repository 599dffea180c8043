import { z } from "zod";
import { DiscoveryRefused } from "../../domain/search/errors.ts";
import type { CompanySearch, FoundCompany, FoundPage, SearchQuery } from "../../domain/search/ports.ts";
import { estimateStatement, searchStatement } from "./company-search-statements.ts";
import { companySummaryOf } from "./company-summary-row.ts";
import { type Database, StatementTooSlow, transactWithin } from "./database.ts";

/** Nobody waits longer for a page; whoever asks for all of them exports. */
const SEARCH_LIMIT_MS = 5_000;

const Place = z.object({ siren: z.string(), place: z.string() });
const Explanation = z.tuple([
  z.object({ "QUERY PLAN": z.tuple([z.object({ Plan: z.object({ "Plan Rows": z.number() }) })]) }),
]);

function foundCompany(row: unknown): FoundCompany {
  const { siren, place } = Place.parse(row);
  return { summary: companySummaryOf(row), place: { value: place, siren } };
}

export class CompanySearchRepository implements CompanySearch {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async find({ filter, context, ...page }: SearchQuery): Promise<FoundPage> {
    const search = searchStatement(filter, context, page);
    const estimate = page.after === null ? [estimateStatement(filter, context)] : [];
    try {
      const results = await transactWithin(this.#db, SEARCH_LIMIT_MS, [search, ...estimate]);
      const [rows = [], plan] = results;
      const guess = plan === undefined ? null : Explanation.parse(plan)[0]["QUERY PLAN"][0].Plan["Plan Rows"];
      return { companies: rows.map(foundCompany), estimate: guess };
    } catch (error) {
      throw error instanceof StatementTooSlow ? new DiscoveryRefused("search.too_slow") : error;
    }
  }
}
