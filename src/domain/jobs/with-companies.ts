import type { Company } from "../companies/company.ts";
import { nafDivision } from "../companies/naf.ts";
import { composeCompany } from "../enrichment/compose-company.ts";
import { mergeCompany } from "../enrichment/merge-company.ts";
import type { SectorReferenceStore } from "../enrichment/ports.ts";
import { STORED_COMPANY_VERSION, type StoredCompany } from "../enrichment/stored-company.ts";
import { answerSynthetic } from "../enrichment/synthetic/answer-synthetic.ts";
import type { StoredCompanies } from "./ports.ts";
import type { EndedRow, TaskSummary } from "./task-access.ts";

export interface RowCompaniesDeps {
  companies: StoredCompanies;
  sectors: SectorReferenceStore;
  now: () => number;
}

/** A row of a result, with its company if it has one. */
export interface ResultRow {
  row: EndedRow;
  company: Company | undefined;
}

/** The SIREN of a row that has a company. */
function knownSiren({ siren, outcome }: EndedRow): string | null {
  return outcome === "enriched" || outcome === "partial" ? siren : null;
}

/**
 * The rows of a task with their companies, as they are stored now, without contacts; one query for all. Of a test task
 * they are invented again. Throws `StorageUnavailable`.
 */
export async function withCompanies(
  deps: RowCompaniesDeps,
  task: Pick<TaskSummary, "mode" | "sources">,
  rows: EndedRow[],
): Promise<ResultRow[]> {
  const sirens = rows.map(knownSiren).filter((siren) => siren !== null);
  const found =
    task.mode === "test" ? await inventedCompanies(task, sirens) : await storedCompanies(deps, sirens);
  return rows.map((row) => ({ row, company: found.get(knownSiren(row) ?? "") }));
}

async function storedCompanies(deps: RowCompaniesDeps, sirens: string[]): Promise<Map<string, Company>> {
  const companies = new Map<string, Company>();
  if (sirens.length === 0) return companies;
  const base = { contacts: [], contactsAsked: false, asked: [], faults: [], provenance: false };
  for (const [siren, found] of await deps.companies.loadMany(sirens)) {
    const { code_naf } = mergeCompany(siren, found.states).facts;
    const sector = code_naf === null ? null : await deps.sectors.find(nafDivision(code_naf));
    const stored: StoredCompany = { v: STORED_COMPANY_VERSION, siren, ...found, sector };
    companies.set(siren, composeCompany({ ...base, stored, now: deps.now() }));
  }
  return companies;
}

/** What its SIREN stands for has happened already: nobody waits for it again. */
async function inventedCompanies(
  { sources: asked }: Pick<TaskSummary, "sources">,
  sirens: string[],
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
