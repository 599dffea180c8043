/** What one endpoint may have under way at a time, so that one that is slow leaves the others room. */
export const MAX_UNDER_WAY = 4;

const SECOND = 1_000;
const SHORTEST_MS = 3 * SECOND;
const LONGEST_MS = 300 * SECOND;

/**
 * Milliseconds, in whole seconds, until a delivery that found its endpoint busy asks again: about as long as it has
 * waited, so that a long line costs few messages and a short one is soon done. `chance`: 0 to 1.
 */
export function crowdedDelayMs(waitedMs: number, chance: number): number {
  const delay = Math.min(Math.max(waitedMs, SHORTEST_MS), LONGEST_MS) * (0.5 + chance);
  return Math.ceil(delay / SECOND) * SECOND;
}
