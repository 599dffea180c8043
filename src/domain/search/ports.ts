import type { CollectedContact } from "../enrichment/ports.ts";
import type { CompanyFilter, CompanySort, CompanySummary, FilterContext } from "./company-filter.ts";

/** A place between two companies of an order. `value`: of the sort column, as text. */
export interface SearchPlace {
  value: string;
  siren: string;
}

export interface SearchPage {
  sort: CompanySort;
  /** Against the natural order: then those whose value is unknown are left out, they would come first. */
  reversed: boolean;
  after: SearchPlace | null;
  limit: number;
}

export interface SearchQuery extends SearchPage {
  filter: CompanyFilter;
  context: FilterContext;
}

export interface FoundCompany {
  summary: CompanySummary;
  place: SearchPlace;
}

export interface FoundPage {
  companies: FoundCompany[];
  /** How many the filter has, guessed; null: not the first page. */
  estimate: number | null;
}

/** Throws `DiscoveryRefused` when it takes too long, `StorageUnavailable`. */
export interface CompanySearch {
  find(query: SearchQuery): Promise<FoundPage>;
}

/** An organisation's contacts of several companies at once, by SIREN. Throws `StorageUnavailable`. */
export interface ContactPages {
  listMany(organisationId: string, sirens: string[]): Promise<Map<string, CollectedContact[]>>;
}
