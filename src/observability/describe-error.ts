import { KeysUnreadable } from "../domain/accounts/errors.ts";
import { StorageUnavailable } from "../domain/enrichment/errors.ts";
import { errorKind } from "../lib/error-kind.ts";

/** For logs and the error tracker. Some of our own errors are worded for them; of others only the kind is safe. */
export function describeError(error: unknown): string {
  const ours = error instanceof StorageUnavailable || error instanceof KeysUnreadable;
  return ours ? error.message : errorKind(error);
}
