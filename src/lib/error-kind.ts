/**
 * What kind of error it is, for a log: its name and code (a SQLSTATE, say). Never its message: a driver's may
 * quote the connection string or the data.
 */
export function errorKind(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const code: unknown = "code" in error ? error.code : null;
  return typeof code === "string" ? `${error.name} ${code}` : error.name;
}
