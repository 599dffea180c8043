/** The limiter did not answer; what must not go uncounted is refused. */
export class LimiterUnavailable extends Error {
  readonly code = "limits.unavailable";
  readonly retryAfterSeconds = 2;

  /** `kind`: what went wrong, fit for a log. */
  constructor(kind = "unreachable") {
    super(`limiter unavailable: ${kind}`);
  }
}

/** Over a limit. `policy` is named in the answer. */
export class LimitReached extends Error {
  readonly code = "limits.reached";
  readonly policy: string;
  readonly retryAfterSeconds: number;

  constructor(policy: string, retryAfterMs: number) {
    super("limit reached");
    this.policy = policy;
    this.retryAfterSeconds = Math.max(1, Math.ceil(retryAfterMs / 1_000));
  }
}
