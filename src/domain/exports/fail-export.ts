import { type DiscardDeps, settleEnd } from "./discard-export.ts";
import { type EngineDeps, isoAt } from "./engine.ts";
import { isEnded } from "./export.ts";
import { exportEvent } from "./export-event.ts";
import type { WorkingExport } from "./ports.ts";

type FailDeps = DiscardDeps & Pick<EngineDeps, "queue" | "now" | "log">;

/** Why one failed that was tried for a day. */
export const TIMED_OUT = "timed_out";

const TOO_MUCH_OR_GONE = new Set(["file_too_large", "selection_gone"]);
/** Airtable says nothing that a client could act upon. */
const UNEXPLAINED = "airtable_unexpected_answer";

/** Whether it is for us to mend: whoever ordered it chose neither what, nor where to, wrongly. */
export function isOurFailure(failure: string): boolean {
  if (TOO_MUCH_OR_GONE.has(failure)) return false;
  return failure === UNEXPLAINED || !failure.startsWith("airtable_");
}

/**
 * Ends an export as failed and removes what was written of it. `leaseId` null: as long as nobody works on it. One that
 * somebody else works on or that ended meanwhile is left as it is, and what is left to do after its end is done.
 */
export async function failExport(
  deps: FailDeps,
  found: WorkingExport,
  { failure, leaseId }: { failure: string; leaseId: string | null },
): Promise<void> {
  const at = isoAt(deps.now());
  const event = exportEvent(found, at, { failure });
  if (await deps.work.fail({ exportId: found.id, leaseId }, { failure, at, event }))
    deps.log.event("export_failed", {
      export_id: found.id,
      organisation_id: found.organisationId,
      format: found.format,
      rows: found.rows,
      failure,
      ours: isOurFailure(failure),
      duration_ms: Date.parse(at) - Date.parse(found.createdAt),
    });
  const after = await deps.work.load(found.id);
  if (after !== null && isEnded(after.status)) await settleEnd(deps, after);
}
