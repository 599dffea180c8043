import type { CallReport, Permit } from "./gate.ts";
import type {
  Patience,
  SourceAnswer,
  SourceFailure,
  SourceGates,
  SourceProvider,
  SourceQuery,
} from "./ports.ts";
import type { SourceName } from "./source.ts";
import type { Urgency } from "./urgency.ts";

/** Time and chance for a series of attempts. */
export interface Pacing {
  now: () => number;
  sleep: (ms: number) => Promise<void>;
  /** In [0, 1). */
  random: () => number;
}

/** Which places of a source a call may take. */
export interface Reach {
  /** The farthest in the source's future. */
  aheadMs: number;
  /** How full of calls it may make a long window of the source, in (0, 1]. */
  share: number;
}

/**
 * Of a call that nobody is waiting for. Whoever is comes a window of the source's rate later, and this; where windows
 * are long, a third of each is his.
 */
export const BATCH_REACH: Reach = { aheadMs: 250, share: 2 / 3 };

export interface RetryPolicy {
  /** All attempts, waits included, end within this time. */
  budgetMs: number;
  attemptMs: number;
  attempts: number;
  reach: Record<Patience, Reach>;
}

export interface CallDeps {
  gates: SourceGates;
  pacing: Pacing;
  policy: RetryPolicy;
  urgency: Urgency;
}

export type CalledAnswer = SourceAnswer & { calls: number; durationMs: number };

const BACKOFF_BASE_MS = 150;
const MIN_USEFUL_MS = 50;
const KEY_PAUSE_MS = 60_000;
const DEFAULT_BUSY_MS = 1_000;
const RETRYABLE = new Set<SourceFailure["reason"]>(["busy", "unavailable", "timeout", "malformed"]);

function failed(failure: SourceFailure, credits = 0): SourceAnswer {
  return { kind: "failed", failure, credits };
}

/** What the gate must hear of an answer, if anything. Our own faults are no sign of the source's health. */
function reportOf(answer: SourceAnswer, key: string, watched: boolean): CallReport | null {
  if (answer.kind !== "failed") return watched ? { outcome: "success" } : null;
  switch (answer.failure.reason) {
    case "busy":
      return { outcome: "pause", reason: "busy", forMs: answer.failure.retryAfterMs ?? DEFAULT_BUSY_MS };
    case "unavailable":
    case "timeout":
    case "malformed":
      return { outcome: "failure", key };
    case "invalid_key":
    case "quota_exhausted":
      return { outcome: "pause", reason: answer.failure.reason, forMs: KEY_PAUSE_MS };
    case "rejected":
      return watched ? { outcome: "success" } : null;
    default:
      return null;
  }
}

function delayBefore(attempt: number, answer: SourceAnswer, random: () => number): number {
  const asked = answer.kind === "failed" ? answer.failure.retryAfterMs : null;
  const backoff = BACKOFF_BASE_MS * 2 ** attempt;
  return (asked ?? backoff / 2) + (random() * backoff) / 2;
}

/**
 * Asks the gate for a place. Who may take none but the next ones asks again when those come near, so that whoever may
 * go farther is served before him; or at once, when somebody begins to wait for his answer.
 */
async function askGate(
  { gates, pacing, policy, urgency }: CallDeps,
  name: SourceName,
  deadline: number,
): Promise<Permit> {
  for (;;) {
    const leftMs = Math.max(0, deadline - pacing.now() - policy.attemptMs / 2);
    const { patience } = urgency;
    const { aheadMs, share } = policy.reach[patience];
    const permit = await gates.acquire(name, { maxWaitMs: Math.min(leftMs, aheadMs), share });
    const full = permit.kind === "busy" && permit.reason === "busy";
    if (!full || leftMs <= aheadMs || permit.retryAfterMs > leftMs) return permit;
    const near = Math.max(MIN_USEFUL_MS, permit.retryAfterMs - aheadMs);
    const pause = pacing.sleep(near + pacing.random() * BATCH_REACH.aheadMs);
    await (patience === "request" ? pause : Promise.race([pause, urgency.raised]));
  }
}

async function attemptOnce(
  deps: CallDeps,
  call: { provider: SourceProvider; query: SourceQuery },
  deadline: number,
): Promise<{ answer: SourceAnswer; called: boolean }> {
  const { name } = call.provider;
  const permit = await askGate(deps, name, deadline);
  if (permit.kind !== "go") {
    const reason = permit.kind === "open" ? "circuit_open" : permit.reason;
    const detail = `gate ${permit.kind}`;
    return { answer: failed({ reason, retryAfterMs: permit.retryAfterMs, detail }), called: false };
  }
  if (permit.waitMs > 0) await deps.pacing.sleep(permit.waitMs);
  // Measured again: the gate itself took its time.
  const left = deadline - deps.pacing.now();
  if (left < MIN_USEFUL_MS) {
    const detail = "no time left behind the gate";
    return { answer: failed({ reason: "timeout", retryAfterMs: null, detail }), called: false };
  }
  const limit = Math.min(deps.policy.attemptMs, left);
  const answer = await call.provider.lookUp(call.query, AbortSignal.timeout(limit));
  // An attempt that we cut short says nothing of the source.
  const cut =
    limit < deps.policy.attemptMs && answer.kind === "failed" && answer.failure.reason === "timeout";
  const report = cut ? null : reportOf(answer, call.query.siren, permit.watched);
  if (report !== null) await deps.gates.report(name, report);
  return { answer, called: true };
}

/**
 * Asks one source through its gate, with retries: exponential backoff with jitter, `Retry-After` honoured,
 * all inside one time budget. A refusal of the gate ends it at once; nothing is thrown.
 */
export async function callSource(
  deps: CallDeps,
  provider: SourceProvider,
  query: SourceQuery,
): Promise<CalledAnswer> {
  const started = deps.pacing.now();
  const deadline = started + deps.policy.budgetMs;
  let calls = 0;
  let credits = 0;
  for (let attempt = 0; ; attempt++) {
    const { answer, called } = await attemptOnce(deps, { provider, query }, deadline);
    if (called) calls += 1;
    credits += answer.credits;
    const result = (): CalledAnswer => {
      return { ...answer, credits, calls, durationMs: deps.pacing.now() - started };
    };
    if (answer.kind !== "failed" || !called || !RETRYABLE.has(answer.failure.reason)) return result();
    // It was billed although it is no use: asking again would be billed again.
    if (answer.credits > 0) return result();
    const delay = delayBefore(attempt, answer, deps.pacing.random);
    const left = deadline - deps.pacing.now() - delay;
    if (attempt + 1 >= deps.policy.attempts || left < MIN_USEFUL_MS) return result();
    await deps.pacing.sleep(delay);
  }
}
