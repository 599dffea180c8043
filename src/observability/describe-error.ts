import { KeysUnreadable } from "../domain/accounts/errors.ts";
import { AuditUnavailable } from "../domain/audit/errors.ts";
import { StorageUnavailable } from "../domain/enrichment/errors.ts";
import { errorKind } from "../lib/error-kind.ts";

/** Made of kinds and codes, and of ids of keys. */
const WORDED = [StorageUnavailable, AuditUnavailable, KeysUnreadable];

/** For logs and the error tracker. Some of our own errors are worded for them; of others only the kind is safe. */
export function describeError(error: unknown): string {
  const ours = WORDED.some((kind) => error instanceof kind);
  return ours && error instanceof Error ? error.message : errorKind(error);
}
