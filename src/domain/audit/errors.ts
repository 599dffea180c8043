import { errorKind } from "../../lib/error-kind.ts";
import { StorageUnavailable } from "../enrichment/errors.ts";

function textOf(cause: unknown): string {
  if (cause instanceof StorageUnavailable) return cause.message;
  return typeof cause === "string" ? cause : errorKind(cause);
}

/** An act that must be audited was not done, because its record could not be written. */
export class AuditUnavailable extends Error {
  readonly code = "audit.unavailable";
  readonly retryAfterSeconds = 5;
  /** As of `StorageUnavailable`. */
  readonly refused: boolean;

  constructor(cause: unknown) {
    super(`audit unavailable: ${textOf(cause)}`);
    this.refused = cause instanceof StorageUnavailable && cause.refused;
  }
}
