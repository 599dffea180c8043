import { CompanyNotFound, EnrichmentUnavailable, RegisterSourceNeeded } from "../enrichment/errors.ts";
import { freshnessFor } from "../enrichment/freshness.ts";
import type { Acceptance } from "../enrichment/source-state.ts";
import { STORED_COMPANY_VERSION, type StoredCompany } from "../enrichment/stored-company.ts";
import { answerSynthetic } from "../enrichment/synthetic/answer-synthetic.ts";
import { SirenNotReserved } from "../enrichment/synthetic/errors.ts";
import { errorKind } from "../../lib/error-kind.ts";
import { totalCredits } from "../usage/money.ts";
import type { EngineDeps } from "./engine.ts";
import { judgeRow, outageEnd, reasonOf, type RowVerdict, untold } from "./judge-row.ts";
import type { RowEnd } from "./ports.ts";
import type { Task } from "./task.ts";

type StoredStates = Pick<StoredCompany, "states" | "score">;

/** Contacts need people to look for: no row has any. */
export function sourcesOf(task: Task): Task["sources"] {
  return task.sources.filter((source) => source !== "kaspr");
}

/** Whatever was read since the task was created is young enough for it: a row tried again does not buy twice. */
function acceptanceOf({ maxAgeMs, createdAt }: Task): Acceptance {
  return { maxAgeMs, notBefore: Date.parse(createdAt) };
}

/** The verdict on a company whose stored copy answers all that the task asks; null: its sources must be asked. */
export function judgeStored(
  task: Task,
  { siren, found }: { siren: string; found: StoredStates | undefined },
  now: number,
): RowVerdict | null {
  if (found === undefined) return null;
  const stored = { ...found, v: STORED_COMPANY_VERSION, siren, sector: null } as const;
  const sources = sourcesOf(task);
  const need = { sources, ...acceptanceOf(task) };
  return freshnessFor(stored, need, now) === "fresh" ? judgeRow(stored, sources, []) : null;
}

export interface TriedRow {
  verdict: RowVerdict;
  /** Personal data were collected: the organisation's chain has a record to take. */
  recorded: boolean;
  /** Charged for it. */
  credits: number;
}

/** Asks the sources about one company, in the name of who created the task. Throws nothing. */
export async function enrichRow(
  deps: Pick<EngineDeps, "flights" | "log" | "overcame">,
  task: Task,
  siren: string,
): Promise<TriedRow> {
  const { organisationId, actor, requestId } = task;
  const sources = sourcesOf(task);
  const origin = { address: null, userAgent: null, requestId };
  const requester = { organisationId, actor, origin };
  try {
    const asked = { siren, sources, ...acceptanceOf(task) };
    const result = await deps.flights.refresh({ ...asked, requester, patience: "batch" });
    const credits = totalCredits(result.spent);
    if (result.audit === "owed") return { verdict: untold("audit_unavailable"), recorded: false, credits };
    return {
      verdict: judgeRow(result.stored, sources, result.faults),
      recorded: result.audit === "recorded",
      credits,
    };
  } catch (error) {
    deps.log.event("row_not_enriched", { task_id: task.id, siren, error: errorKind(error) });
    deps.overcame(error);
    return { verdict: untold("storage_unavailable"), recorded: false, credits: 0 };
  }
}

/** What a test key's row ends as: the reserved SIRENs mean the same as everywhere, and none is tried again. */
export async function endSynthetic(
  deps: Pick<EngineDeps, "sleep">,
  task: Task,
  siren: string,
): Promise<RowEnd> {
  try {
    const input = { siren, asked: task.sources, provenance: false };
    const { company } = await answerSynthetic(deps, input);
    if (!company.partial) return { outcome: "enriched", reason: null };
    return { outcome: "partial", reason: reasonOf(company.missing) };
  } catch (error) {
    if (error instanceof CompanyNotFound) return { outcome: "not_found", reason: null };
    if (error instanceof SirenNotReserved || error instanceof RegisterSourceNeeded)
      return { outcome: "not_found", reason: error.code };
    if (error instanceof EnrichmentUnavailable) return outageEnd(error.faults);
    throw error;
  }
}
