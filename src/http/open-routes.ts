/** Routes under `/api` that need no credential; every other one is closed. */
export const OPEN_ROUTES: ReadonlySet<string> = new Set([
  "POST /api/v2/auth/register",
  "POST /api/v2/auth/login",
  "POST /api/v2/auth/refresh",
  "POST /api/v2/auth/2fa/challenge",
  "POST /api/v2/auth/invitations/accept",
]);
