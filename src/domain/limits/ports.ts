import type { LimitOverrides } from "./limit-overrides.ts";
import type { Grant, LimitWindow, Reading, Refund } from "./sliding-window.ts";

/** Attempts on an account, counted apart from what addresses and principals may do. */
export type AttemptPolicy =
  | "password_by_network" // one account from one network
  | "password_by_account" // one account from networks that never signed in to it
  | "code_by_network" // second factors, likewise
  | "code_by_network_hour" // the same attempts, so that nobody has 5 a minute all day
  | "code_by_account";

export type Attempt = { allowed: true } | { allowed: false; retryAfterMs: number };

/** Counts attempts. Throws `LimiterUnavailable`: whoever guards a secret refuses then. */
export interface AttemptThrottle {
  /** `subject`: what is attempted, such as a user id or a user id and a network; never a secret. */
  attempt(policy: AttemptPolicy, subject: string): Promise<Attempt>;
}

export interface PermitRequest {
  window: LimitWindow;
  /** Permits wanted; fewer may be granted. */
  want: number;
  /** Of earlier leases on the same window. */
  refunds: Refund[];
}

export interface PermitReply extends Grant {
  /** What the granted permits are handed back under, when there are more than one. */
  leaseId: string;
  /** Refunds whose lease is not over yet: to be sent again. */
  early: string[];
}

/** One exact counter per subject. Both throw `LimiterUnavailable` when it does not answer in time. */
export interface LimitCounters {
  take(subject: string, request: PermitRequest, timeoutMs: number): Promise<PermitReply>;
  /** Charges nothing. */
  read(subject: string, windows: LimitWindow[], timeoutMs: number): Promise<Reading[]>;
}

/** Limits that operators changed. Never fails: what can't be read leaves the last good value. */
export interface LimitSettings {
  /** null: not read yet, or not for a while. */
  fresh(): LimitOverrides | null;
  /** Waits for the very first reading only; later ones go to `background`, and the old value serves meanwhile. */
  read(background: (work: Promise<unknown>) => void): Promise<LimitOverrides>;
}
