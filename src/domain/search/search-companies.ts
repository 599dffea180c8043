import type { CompanyFilter, CompanySort, CompanySummary } from "./company-filter.ts";
import type { CompanySearch, FoundPage, SearchPlace } from "./ports.ts";

/** How far a walk through the pages has come; travels in the cursor. */
export interface SearchProgress {
  /** Beginning of the UTC day on which the walk began, ms: ages stay what they were. */
  day: number;
  after: SearchPlace;
  /** Companies on the pages before. */
  seen: number;
  /** What the first page guessed. */
  total: number;
}

export interface SearchInput {
  organisationId: string;
  filter: CompanyFilter;
  sort: CompanySort;
  reversed: boolean;
  limit: number;
  /** null: the first page. */
  from: SearchProgress | null;
}

export interface SearchResult {
  companies: CompanySummary[];
  /** null: the last page. */
  next: SearchProgress | null;
  /** A guess until the last page; never below what was seen. */
  estimatedTotal: number;
}

const DAY_MS = 24 * 60 * 60_000;

function resultOf(input: SearchInput, day: number, { companies: found, estimate }: FoundPage): SearchResult {
  const companies = found.slice(0, input.limit);
  const seen = (input.from?.seen ?? 0) + companies.length;
  const last = companies.at(-1);
  const summaries = companies.map(({ summary }) => summary);
  if (found.length <= input.limit || last === undefined)
    return { companies: summaries, next: null, estimatedTotal: seen };
  const total = Math.max(input.from?.total ?? estimate ?? 0, seen + 1);
  return { companies: summaries, next: { day, after: last.place, seen, total }, estimatedTotal: total };
}

/** One page of a search. Throws what `CompanySearch` throws. */
export async function searchCompanies(
  deps: { search: CompanySearch; now: () => number },
  input: SearchInput,
): Promise<SearchResult> {
  const { organisationId, filter, sort, reversed, limit, from } = input;
  const day = from?.day ?? Math.floor(deps.now() / DAY_MS) * DAY_MS;
  const page = { sort, reversed, after: from?.after ?? null, limit: limit + 1 };
  const context = { organisationId, now: day };
  return resultOf(input, day, await deps.search.find({ filter, context, ...page }));
}
