/** A failure whose message says to a person what to do: printed as it is, without a stack. */
export class LocalError extends Error {
  override readonly name = "LocalError";
}

export function describeError(error: unknown): string {
  if (error instanceof AggregateError && error.message === "") {
    return error.errors.map((inner: unknown) => describeError(inner)).join("; ");
  }
  return error instanceof Error ? error.message : String(error);
}

/** The code of a system or Postgres error (`ENOENT`, `42P01`), looked for through its causes. */
export function errorCode(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  if ("code" in error && typeof error.code === "string") return error.code;
  return errorCode(error.cause);
}
