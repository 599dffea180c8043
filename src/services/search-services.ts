import type { CompanyPageDeps } from "../domain/companies/company-page.ts";
import { SYNTHETIC_NOW } from "../domain/enrichment/synthetic/synthetic-company.ts";
import type { CompanySearch, ContactPages } from "../domain/search/ports.ts";
import { SyntheticSearch } from "../domain/search/synthetic-search.ts";
import { AnalyticsRepository } from "../storage/postgres/analytics-repository.ts";
import { CompanySearchRepository } from "../storage/postgres/company-search-repository.ts";
import type { Base } from "./base.ts";

interface Searching {
  search: CompanySearch;
  now: () => number;
}

/** What a search of either mode works with, and what fills its pages. */
export interface SearchServices extends Record<"live" | "test", Searching>, CompanyPageDeps {
  contacts: ContactPages;
  analytics: AnalyticsRepository;
}

export function buildSearchServices({ database, companies, sectors, contacts, now }: Base): SearchServices {
  return {
    live: { search: new CompanySearchRepository(database), now },
    test: { search: new SyntheticSearch(), now: () => SYNTHETIC_NOW },
    companies,
    sectors,
    contacts,
    analytics: new AnalyticsRepository(database),
    now,
  };
}
