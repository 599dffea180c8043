/** Attempts on an account, counted apart from what addresses and principals may do. */
export type AttemptPolicy =
  | "password_by_network" // one account from one network
  | "password_by_account" // one account from networks that never signed in to it
  | "code_by_network" // second factors, likewise
  | "code_by_account";

export type Attempt = { allowed: true } | { allowed: false; retryAfterMs: number };

/** Counts attempts. Throws `LimiterUnavailable`: whoever guards a secret refuses then. */
export interface AttemptThrottle {
  /** `subject`: what is attempted, such as a user id or a user id and a network; never a secret. */
  attempt(policy: AttemptPolicy, subject: string): Promise<Attempt>;
}
