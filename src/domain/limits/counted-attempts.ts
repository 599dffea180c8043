import { PATIENT_MS } from "./limiter.ts";
import type { Attempt, AttemptPolicy, AttemptThrottle, LimitCounters } from "./ports.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const ATTEMPTS: Record<AttemptPolicy, { limit: number; windowMs: number }> = {
  password_by_network: { limit: 10, windowMs: 15 * MINUTE_MS },
  password_by_account: { limit: 100, windowMs: HOUR_MS },
  code_by_network: { limit: 5, windowMs: MINUTE_MS },
  code_by_network_hour: { limit: 30, windowMs: HOUR_MS },
  code_by_account: { limit: 30, windowMs: HOUR_MS },
};

/** Counts every attempt in the counter of what is attempted. */
export class CountedAttempts implements AttemptThrottle {
  readonly #counters: LimitCounters;

  constructor(counters: LimitCounters) {
    this.#counters = counters;
  }

  async attempt(policy: AttemptPolicy, subject: string): Promise<Attempt> {
    const window = { policy, ...ATTEMPTS[policy], burst: 0 };
    const request = { window, want: 1, refunds: [] };
    const name = `rl:v1:attempt:${policy}:${subject}`;
    const { granted, resetMs } = await this.#counters.take(name, request, PATIENT_MS);
    return granted > 0 ? { allowed: true } : { allowed: false, retryAfterMs: resetMs };
  }
}
