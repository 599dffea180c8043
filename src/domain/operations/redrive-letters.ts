import { inTurns } from "../../lib/in-turns.ts";
import type { Operator } from "./operator.ts";
import type { WorkQueue } from "./ports.ts";
import { type RedriveDeps, redriveLetter } from "./redrive-letter.ts";

const PARALLEL = 4;

export interface Redrives {
  redriven: number;
  /** Somebody else was faster. */
  skipped: number;
}

/**
 * Gives the oldest open letters another chance, those that can't be read aside. Throws `StorageUnavailable`: some may
 * have been sent again, the others are open as before.
 */
export async function redriveLetters(
  deps: RedriveDeps,
  operator: Operator,
  { queue, limit }: { queue: WorkQueue | null; limit: number },
): Promise<Redrives> {
  const counts = { redriven: 0, skipped: 0 };
  await inTurns(await deps.letters.redrivable(queue, limit), PARALLEL, async (id) => {
    const { outcome } = await redriveLetter(deps, operator, id);
    counts[outcome === "redriven" ? "redriven" : "skipped"] += 1;
  });
  return counts;
}
