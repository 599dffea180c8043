import { NeonDbError } from "@neondatabase/serverless";

/** SQLSTATE of a statement that ran longer than it was given. */
const CANCELLED = "57014";

/** Whether the database said so, of a statement with a time limit. */
export function isTooSlow(error: unknown): boolean {
  return error instanceof NeonDbError && error.code === CANCELLED;
}

/** Why a round trip failed: `refused` is the database's own no, `timeout` is our patience at its end. */
export function statementFailure(error: unknown): "timeout" | "too_slow" | "unreachable" | "refused" {
  if (isTooSlow(error)) return "too_slow";
  const cause = error instanceof NeonDbError ? (error.sourceError ?? error) : error;
  if (cause instanceof NeonDbError && cause.code !== undefined) return "refused";
  const gaveUp = cause instanceof Error && ["TimeoutError", "AbortError"].includes(cause.name);
  return gaveUp ? "timeout" : "unreachable";
}
