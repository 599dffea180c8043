import { RESERVED_SIRENS } from "../companies/reserved-sirens.ts";
import { comparePlaces, isRanked, placeOf } from "./company-order.ts";
import { matchesFilter } from "./matches-filter.ts";
import type { CompanySearch, FoundPage, SearchQuery } from "./ports.ts";
import { syntheticSummary } from "./synthetic-summary.ts";

/** What test keys search: the companies of the reserved SIRENs that can be read. It has no contacts. */
export class SyntheticSearch implements CompanySearch {
  async find({ filter, context, sort, reversed, after, limit }: SearchQuery): Promise<FoundPage> {
    const companies = await Promise.all(Object.values(RESERVED_SIRENS).map(syntheticSummary));
    const order = comparePlaces(sort, reversed);
    const matching = companies
      .flatMap((company) => company ?? [])
      .filter((company) => matchesFilter(company, filter, { now: context.now, reachable: new Set() }))
      .filter((company) => !reversed || isRanked(company, sort))
      .map((summary) => ({ summary, place: placeOf(summary, sort) }))
      .toSorted((a, b) => order(a.place, b.place));
    const rest = matching.filter(({ place }) => after === null || order(place, after) > 0);
    return { companies: rest.slice(0, limit), estimate: matching.length };
  }
}
