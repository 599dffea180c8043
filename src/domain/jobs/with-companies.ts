import type { Company } from "../companies/company.ts";
import { type CompanyPageDeps, inventedCompanies, storedCompanies } from "../companies/company-page.ts";
import type { EndedRow, TaskSummary } from "./task-access.ts";

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
  deps: CompanyPageDeps,
  task: Pick<TaskSummary, "mode" | "sources">,
  rows: EndedRow[],
): Promise<ResultRow[]> {
  const sirens = rows.map(knownSiren).filter((siren) => siren !== null);
  const found =
    task.mode === "test"
      ? await inventedCompanies(sirens, task.sources)
      : await storedCompanies(deps, sirens);
  return rows.map((row) => ({ row, company: found.get(knownSiren(row) ?? "") }));
}
