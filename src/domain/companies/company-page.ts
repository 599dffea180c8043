import { composeCompany } from "../enrichment/compose-company.ts";
import { mergeCompany } from "../enrichment/merge-company.ts";
import type { CollectedContact, SectorReferenceStore } from "../enrichment/ports.ts";
import type { SourceName } from "../enrichment/source.ts";
import { STORED_COMPANY_VERSION, type StoredCompany } from "../enrichment/stored-company.ts";
import { answerSynthetic } from "../enrichment/synthetic/answer-synthetic.ts";
import type { StoredCompanies } from "../jobs/ports.ts";
import type { Company } from "./company.ts";
import { nafDivision } from "./naf.ts";

export interface CompanyPageDeps {
  companies: StoredCompanies;
  sectors: SectorReferenceStore;
  now: () => number;
}

/**
 * Several companies as they are stored now, by SIREN; one query for all. `contacts`: of whoever asks, none unless given.
 * Throws `StorageUnavailable`.
 */
export async function storedCompanies(
  deps: CompanyPageDeps,
  sirens: string[],
  contacts: ReadonlyMap<string, CollectedContact[]> = new Map(),
): Promise<Map<string, Company>> {
  const companies = new Map<string, Company>();
  if (sirens.length === 0) return companies;
  const base = { contactsAsked: false, asked: [], faults: [], provenance: false };
  for (const [siren, found] of await deps.companies.loadMany(sirens)) {
    const { code_naf } = mergeCompany(siren, found.states).facts;
    const sector = code_naf === null ? null : await deps.sectors.find(nafDivision(code_naf));
    const stored: StoredCompany = { v: STORED_COMPANY_VERSION, siren, ...found, sector };
    const known = contacts.get(siren) ?? [];
    companies.set(siren, composeCompany({ ...base, contacts: known, stored, now: deps.now() }));
  }
  return companies;
}

/** What its SIREN stands for has happened already: nobody waits for it again. */
export async function inventedCompanies(
  sirens: string[],
  asked: SourceName[],
): Promise<Map<string, Company>> {
  const companies = new Map<string, Company>();
  for (const siren of sirens) {
    const answer = await answerSynthetic(
      { sleep: async () => undefined },
      { siren, asked, provenance: false },
    );
    companies.set(siren, answer.company);
  }
  return companies;
}
