/** Routes under `/api` that need no credential; every other one is closed. */
export const OPEN_ROUTES: ReadonlySet<string> = new Set([
  "POST /api/v2/auth/register",
  "POST /api/v2/auth/login",
  "POST /api/v2/auth/refresh",
  "POST /api/v2/auth/2fa/challenge",
  "POST /api/v2/auth/invitations/accept",
  // The link itself is signed.
  "GET /api/v2/exports/{id}/download",
  // Providers that tell us something sign it, each in its own way.
  "POST /api/v2/hooks/{channel}",
]);

const PATTERNS = Array.from(
  OPEN_ROUTES,
  (endpoint) => new RegExp(`^${endpoint.replace(/\{\w+\}/g, "[^/]+")}$`),
);

/** What GET gives, HEAD tells of. */
export function isOpenRoute(method: string, path: string): boolean {
  const asked = method === "HEAD" ? "GET" : method;
  return PATTERNS.some((pattern) => pattern.test(`${asked} ${path}`));
}
