import { z } from "zod";
import type { CompanySearch, FoundCompany, FoundPage, SearchQuery } from "../../domain/search/ports.ts";
import { estimateStatement, searchStatement } from "./company-search-statements.ts";
import { companySummaryOf } from "./company-summary-row.ts";
import type { Database } from "./database.ts";
import { readPage } from "./read-page.ts";

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
    const [rows = [], plan] = await readPage(this.#db, [search, ...estimate]);
    const guess = plan === undefined ? null : Explanation.parse(plan)[0]["QUERY PLAN"][0].Plan["Plan Rows"];
    return { companies: rows.map(foundCompany), estimate: guess };
  }
}
