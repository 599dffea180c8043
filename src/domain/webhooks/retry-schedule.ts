import type { DeliveryOrigin } from "./delivery.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** How long after each failed attempt the next one comes; the first attempt is made at once. */
export const RETRY_DELAYS_MS = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  10 * HOUR,
] as const;

const LONGEST_MS = 10 * HOUR;
/** Up to a tenth later, so that what failed together is not tried again together. */
const JITTER = 0.1;

export interface FailedAttempt {
  origin: DeliveryOrigin;
  /** This one included. */
  attempts: number;
  /** What the receiver asked for. */
  retryAfterMs: number | null;
}

/**
 * Milliseconds until the next attempt, in whole seconds as queues count; null: that was the last. A receiver may ask
 * for more patience, up to the longest pause of the schedule. `chance`: 0 to 1.
 */
export function retryDelayMs(
  { origin, attempts, retryAfterMs }: FailedAttempt,
  chance: number,
): number | null {
  const planned = origin === "test" ? undefined : RETRY_DELAYS_MS[attempts - 1];
  if (planned === undefined) return null;
  const delay = Math.max(planned, Math.min(retryAfterMs ?? 0, LONGEST_MS)) * (1 + JITTER * chance);
  return Math.ceil(delay / SECOND) * SECOND;
}
