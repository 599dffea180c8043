import { inTurns } from "../../lib/in-turns.ts";
import type { Services } from "../../services.ts";

/** Younger records are on their way: the request that wrote them has asked the chain already. */
const LEFT_BEHIND_MS = 60_000;
const AT_MOST = 2_000;
const PARALLEL = 5;

/** Chains take what waits in the outbox since more than a minute. Throws when one of them could not. */
export async function drainAudit({ audit, now }: Pick<Services, "audit" | "now">): Promise<void> {
  const before = new Date(now() - LEFT_BEHIND_MS);
  const failed: string[] = [];
  await inTurns(await audit.entries.organisationsLeftBehind(before, AT_MOST), PARALLEL, async (id) => {
    const outcome = await audit.chains.drain(id);
    if (!outcome.ok) failed.push(outcome.error);
  });
  if (failed.length > 0) throw new Error(`${failed.length} chains not drained`);
}
