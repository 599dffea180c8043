import { errorKind } from "../../lib/error-kind.ts";

/** An act that must be audited was not done, because its record could not be written. */
export class AuditUnavailable extends Error {
  readonly code = "audit.unavailable";
  readonly retryAfterSeconds = 5;

  constructor(cause: unknown) {
    super(`audit unavailable: ${typeof cause === "string" ? cause : errorKind(cause)}`);
  }
}
