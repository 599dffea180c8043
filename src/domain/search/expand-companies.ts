import type { Company } from "../companies/company.ts";
import { type CompanyPageDeps, inventedCompanies, storedCompanies } from "../companies/company-page.ts";
import { shownContacts } from "../enrichment/compose-company.ts";
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

/** Of a page with parts that are read from what is stored of the company: up to 140 kB each. */
export const MOST_EXPANDED = 50;

export function needsStates(parts: ReadonlySet<Expansion>): boolean {
  return [...parts].some((part) => part !== "contacts");
}

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
): Promise<Map<string, ExpandedParts>> {
  if (mode === "test") return inventedCompanies(sirens, []);
  const wanted = parts.has("contacts") || parts.has("sources");
  const contacts = wanted ? await deps.contacts.listMany(organisationId, sirens) : undefined;
  if (!needsStates(parts))
    return new Map(sirens.map((siren) => [siren, { contacts: shownContacts(contacts?.get(siren) ?? []) }]));
  return storedCompanies(deps, sirens, contacts);
}

/**
 * The parts asked for of each company, by SIREN, at the cost of two queries; contacts are those of the organisation.
 * `sirens`: at most `MOST_EXPANDED` if the parts need states. Throws `StorageUnavailable`.
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
