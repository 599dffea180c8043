import type { CompanySummary } from "../search/company-filter.ts";
import { syntheticSummary } from "../search/synthetic-summary.ts";
import type { Owner } from "./ports.ts";

/** A test key sees invented companies in place of stored ones. */
export async function withSyntheticCompanies<Entry extends { siren: string; company: CompanySummary | null }>(
  { mode }: Owner,
  entries: Entry[],
): Promise<Entry[]> {
  if (mode === "live") return entries;
  return Promise.all(
    entries.map(async (entry) => ({ ...entry, company: await syntheticSummary(entry.siren) })),
  );
}
