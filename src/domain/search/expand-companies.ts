import type { Company } from "../companies/company.ts";
import { type CompanyPageDeps, inventedCompanies, storedCompanies } from "../companies/company-page.ts";
import type { ContactPages } from "./ports.ts";

/** Parts of a company that a page has only when they are asked for. */
export const EXPANSIONS = [
  "score",
  "dirigeants",
  "details_financiers",
  "etablissements",
  "evenements",
  "contacts",
  "sources",
  "siege",
] as const;
export type Expansion = (typeof EXPANSIONS)[number];

export type ExpandedParts = Partial<Pick<Company, Expansion>>;

export interface ExpandInput {
  organisationId: string;
  mode: "live" | "test";
  sirens: string[];
  parts: ReadonlySet<Expansion>;
}

async function companiesOf(
  deps: CompanyPageDeps & { contacts: ContactPages },
  { organisationId, mode, sirens, parts }: ExpandInput,
): Promise<Map<string, Company>> {
  if (mode === "test") return inventedCompanies(sirens, []);
  const wanted = parts.has("contacts") || parts.has("sources");
  const contacts = wanted ? await deps.contacts.listMany(organisationId, sirens) : undefined;
  return storedCompanies(deps, sirens, contacts);
}

/**
 * The parts asked for of each company, by SIREN, whatever their number at the cost of two queries; contacts are those
 * of the organisation. Throws `StorageUnavailable`.
 */
export async function expandCompanies(
  deps: CompanyPageDeps & { contacts: ContactPages },
  input: ExpandInput,
): Promise<Map<string, ExpandedParts>> {
  const companies = input.parts.size === 0 ? [] : await companiesOf(deps, input);
  return new Map(
    [...companies].map(([siren, company]) => {
      const entries = [...input.parts].map((part) => [part, company[part]]);
      return [siren, Object.fromEntries(entries)];
    }),
  );
}
