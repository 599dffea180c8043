const BASE_SECONDS = 5;
const MOST_SECONDS = 600;
const JITTER = 0.3;

/**
 * Seconds to wait before trying again what failed `attempts` times before: 5, 10, 20 … 600, ±30 %. `chance` in [0, 1).
 */
export function backoffSeconds(attempts: number, chance: number): number {
  const grown = Math.min(MOST_SECONDS, BASE_SECONDS * 2 ** Math.min(attempts, 20));
  return grown * (1 + (chance * 2 - 1) * JITTER);
}

/**
 * Never before what the source asked for, as far as ten minutes, and up to 30 % after it: it asks everybody for the same
 * moment. ms.
 */
export function retryDelayMs(attempts: number, chance: number, retryAfterMs: number | null): number {
  const asked = Math.min(retryAfterMs ?? 0, MOST_SECONDS * 1_000) * (1 + chance * JITTER);
  return Math.round(Math.max(backoffSeconds(attempts, chance) * 1_000, asked));
}
