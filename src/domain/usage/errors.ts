/** The organisation's monthly budget does not cover what was asked. */
export class BudgetReached extends Error {
  readonly code = "usage.budget_reached";
  /** Seconds until the month ends (UTC), when the next budget begins. */
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds: number) {
    super("budget reached");
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
