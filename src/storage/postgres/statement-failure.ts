import { NeonDbError } from "@neondatabase/serverless";

/** SQLSTATE of a statement that ran longer than it was given. */
const CANCELLED = "57014";

/** Whether the database said so, of a statement with a time limit. */
export function isTooSlow(error: unknown): boolean {
  return error instanceof NeonDbError && error.code === CANCELLED;
}

/** Classes of SQLSTATE that say that the statement, or what it was given, is wrong; not that the database is in need. */
const MISTAKES = ["0A", "21", "22", "23", "42"];

/** Whether the database found fault with the statement: a mistake of ours, which no trying again mends. */
export function isMistake(error: unknown): boolean {
  return error instanceof NeonDbError && MISTAKES.includes(error.code?.slice(0, 2) ?? "");
}

/** Why a round trip failed: `refused` is the database's own no, `timeout` is our patience at its end. */
export function statementFailure(error: unknown): "timeout" | "too_slow" | "unreachable" | "refused" {
  if (isTooSlow(error)) return "too_slow";
  const cause = error instanceof NeonDbError ? (error.sourceError ?? error) : error;
  if (cause instanceof NeonDbError && cause.code !== undefined) return "refused";
  const gaveUp = cause instanceof Error && ["TimeoutError", "AbortError"].includes(cause.name);
  return gaveUp ? "timeout" : "unreachable";
}
