/** At most `limit` calls in any window of `window_ms`. */
export interface RateLimit {
  limit: number;
  window_ms: number;
}

/** Everything the gate of one source remembers; plain data, so that it can be stored. */
export interface GateState {
  /** When each recent call was let through (or is due), oldest first. */
  admissions: number[];
  /** Consecutive failures. */
  failures: number;
  /** The company whose calls failed last, and how often in a row. */
  suspect: { key: string; count: number };
  openUntil: number;
  /** The one call that may try whether the source is back. */
  probeUntil: number;
  /** The source told us to wait, or our key or credits are no good. */
  pausedUntil: number;
  pauseReason: PauseReason;
}

export type PauseReason = "busy" | "invalid_key" | "quota_exhausted";

/** What a caller is content with. */
export interface GatePlace {
  /** How long he can wait. */
  maxWaitMs: number;
  /** In (0, 1]: how full of calls, whoever makes them, a long window may be with his; without it, quite full. */
  share?: number;
}

export interface GateRequest extends GatePlace {
  now: number;
}

export type Permit =
  | {
      kind: "go";
      /** Call after this many ms. */
      waitMs: number;
      /** The gate wants to hear of a success too, not only of a failure. */
      watched: boolean;
    }
  | { kind: "busy"; reason: PauseReason; retryAfterMs: number }
  | { kind: "open"; retryAfterMs: number };

export type CallReport =
  | { outcome: "success" }
  /** `key`: what was asked for, a SIREN. */
  | { outcome: "failure"; key: string }
  /** The source (or our credits) asks for silence: nothing goes through for this long. */
  | { outcome: "pause"; forMs: number; reason: PauseReason };

/** One company that a source chokes on is no outage: in a row it counts for three failures at most. */
export const BREAKER = { failures: 10, perKey: 3, openMs: 30_000, probeMs: 10_000 } as const;
const LONGEST_PAUSE_MS = 15 * 60_000;
/** A window up to this long is over so soon that no part of it has to be kept free. */
const SHORT_WINDOW_MS = 2_000;

export function newGateState(): GateState {
  return {
    admissions: [],
    failures: 0,
    suspect: { key: "", count: 0 },
    openUntil: 0,
    probeUntil: 0,
    pausedUntil: 0,
    pauseReason: "busy",
  };
}

/** How many calls a window may hold when a long one is to be filled to `share` only; at least one. */
export function placesIn({ limit, window_ms }: RateLimit, share: number): number {
  return window_ms <= SHORT_WINDOW_MS ? limit : Math.max(1, Math.floor(limit * share));
}

/** The first moment at which one more call keeps every limit: exact, because admissions are a log. */
function nextSlot(
  admissions: number[],
  limits: RateLimit[],
  { now, share = 1 }: Pick<GateRequest, "now" | "share">,
): number {
  let slot = now;
  for (const limit of limits) {
    const blocking = admissions[admissions.length - placesIn(limit, share)];
    if (blocking !== undefined) slot = Math.max(slot, blocking + limit.window_ms);
  }
  return Math.max(slot, admissions.at(-1) ?? 0);
}

/** Asks for one call; changes `state` only when it is granted. */
export function acquire(state: GateState, limits: RateLimit[], request: GateRequest): Permit {
  const { now, maxWaitMs } = request;
  if (now < state.openUntil) return { kind: "open", retryAfterMs: state.openUntil - now };
  const halfOpen = state.failures >= BREAKER.failures;
  if (halfOpen && now < state.probeUntil) return { kind: "open", retryAfterMs: state.probeUntil - now };
  const slot = Math.max(nextSlot(state.admissions, limits, request), state.pausedUntil);
  if (slot - now > maxWaitMs) {
    const reason = now < state.pausedUntil ? state.pauseReason : "busy";
    return { kind: "busy", reason, retryAfterMs: slot - now };
  }
  const longest = Math.max(...limits.map((limit) => limit.window_ms));
  state.admissions = state.admissions.filter((at) => at > now - longest);
  state.admissions.push(slot);
  if (halfOpen) state.probeUntil = slot + BREAKER.probeMs;
  return { kind: "go", waitMs: slot - now, watched: state.failures > 0 };
}

function countFailure(state: GateState, key: string, now: number): void {
  const again = state.suspect.key === key;
  state.suspect = { key, count: again ? state.suspect.count + 1 : 1 };
  const probing = state.failures >= BREAKER.failures;
  if (!probing && state.suspect.count > BREAKER.perKey) return;
  state.failures += 1;
  if (state.failures >= BREAKER.failures) state.openUntil = now + BREAKER.openMs;
}

/** Takes note of how a call ended. */
export function report(state: GateState, call: CallReport, now: number): void {
  if (call.outcome === "success") {
    state.failures = 0;
    state.suspect = { key: "", count: 0 };
    state.probeUntil = 0;
  } else if (call.outcome === "failure") {
    countFailure(state, call.key, now);
  } else {
    const until = now + Math.min(call.forMs, LONGEST_PAUSE_MS);
    if (until < state.pausedUntil) return;
    state.pausedUntil = until;
    state.pauseReason = call.reason;
  }
}
