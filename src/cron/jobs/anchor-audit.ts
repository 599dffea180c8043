import { inTurns } from "../../lib/in-turns.ts";
import type { Services } from "../../services.ts";

/** Two runs of the hourly job see each act; what came late anchors itself, by its object's alarm. */
const ACTIVE_MS = 2 * 3_600_000;
const PARALLEL = 5;

/** Signs the head of every chain that moved. Throws when one of them could not be. */
export async function anchorAudit({ audit, now }: Pick<Services, "audit" | "now">): Promise<void> {
  const to = now();
  const failed: string[] = [];
  const active = await audit.entries.organisationsActive(new Date(to - ACTIVE_MS), new Date(to));
  await inTurns(active, PARALLEL, async (id) => {
    const outcome = await audit.chains.anchor(id);
    if (!outcome.ok) failed.push(outcome.error);
  });
  if (failed.length > 0) throw new Error(`${failed.length} chains not anchored`);
}
