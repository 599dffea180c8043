import { type DiscardDeps, settleEnd } from "./discard-export.ts";
import { type EngineDeps, isoAt } from "./engine.ts";
import { isEnded } from "./export.ts";
import { exportEvent } from "./export-event.ts";
import type { WorkingExport } from "./ports.ts";

type FailDeps = DiscardDeps & Pick<EngineDeps, "queue" | "now">;

/** Why an export failed that no consumer could go on with. */
export const DEAD_LETTER = "dead_letter";
/** Why one failed that was tried for a day. */
export const TIMED_OUT = "timed_out";

/**
 * Ends an export as failed and removes what was written of it. `leaseId` null: whoever works on it; `seq` null: however
 * far it is. One that went on or ended meanwhile is left as it is, and what is left to do after its end is done.
 */
export async function failExport(
  deps: FailDeps,
  found: WorkingExport,
  { failure, ...which }: { failure: string; leaseId: string | null; seq: number | null },
): Promise<void> {
  const at = isoAt(deps.now());
  const event = exportEvent(found, at, { failure });
  await deps.work.fail({ exportId: found.id, ...which }, { failure, at, event });
  const after = await deps.work.load(found.id);
  if (after !== null && isEnded(after.status)) await settleEnd(deps, after);
}

/** The message of a step was given up: the export fails, unless it has gone on without it. */
export async function buryStep(deps: FailDeps, step: { exportId: string; seq: number }): Promise<void> {
  const found = await deps.work.load(step.exportId);
  if (found !== null) await failExport(deps, found, { failure: DEAD_LETTER, leaseId: null, seq: step.seq });
}
