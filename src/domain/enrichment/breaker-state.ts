import { BREAKER, type GateState } from "./gate.ts";

/** Calls go out; a single one may try; none may. */
export const BREAKER_STATES = ["closed", "half_open", "open"] as const;
export type BreakerState = (typeof BREAKER_STATES)[number];

export function breakerState({ failures, openUntil }: GateState, now: number): BreakerState {
  if (now < openUntil) return "open";
  return failures >= BREAKER.failures ? "half_open" : "closed";
}
