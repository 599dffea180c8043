const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

interface Policy {
  limit: number;
  windowMs: number;
  /** Of the limit, admitted on top of it for a minute, once per window. */
  burstShare: number;
  /** Multiplied by the plan, doubled for young organisations. */
  scaled: boolean;
  /** Each key and each person has a window of its own. */
  per: "principal" | "address";
  /** What a request meets while it can't be counted. */
  whenUnreachable: "open" | "refuse";
}

const HOURLY = {
  windowMs: HOUR_MS,
  burstShare: 0.2,
  scaled: true,
  per: "principal",
} as const;
const BY_ADDRESS = { burstShare: 0, scaled: false, per: "address" } as const;
const GUESSED = { ...BY_ADDRESS, limit: 5, windowMs: MINUTE_MS, whenUnreachable: "refuse" } as const;

/** Limits as on the free plan. */
export const POLICIES = {
  login: GUESSED,
  two_factor: GUESSED,
  invitation: GUESSED,
  register: { ...BY_ADDRESS, limit: 5, windowMs: HOUR_MS, whenUnreachable: "refuse" },
  refresh: { ...BY_ADDRESS, limit: 60, windowMs: MINUTE_MS, whenUnreachable: "open" },
  /** Wrong API keys; counted by `authenticate`, whatever they were tried at. */
  credential: { ...BY_ADDRESS, limit: 60, windowMs: MINUTE_MS, whenUnreachable: "open" },
  /** What providers tell us: they come in bursts. */
  hook: { ...BY_ADDRESS, limit: 600, windowMs: MINUTE_MS, whenUnreachable: "open" },
  /** Files by signed link, which carries no credential; a large one comes in many ranges. */
  download: { ...BY_ADDRESS, limit: 300, windowMs: MINUTE_MS, whenUnreachable: "open" },
  enrichment: { ...HOURLY, limit: 100, whenUnreachable: "refuse" },
  export: { ...HOURLY, limit: 10, whenUnreachable: "refuse" },
  upload: { ...HOURLY, limit: 5, whenUnreachable: "refuse" },
  search: { ...HOURLY, limit: 1_000, whenUnreachable: "open" },
  account: { ...HOURLY, limit: 600, whenUnreachable: "open" },
  status: { ...HOURLY, limit: 600, whenUnreachable: "open" },
} as const satisfies Record<string, Policy>;

export type PolicyName = keyof typeof POLICIES;

/** Every route under `/api`, and the one policy that counts its requests. */
export const ENDPOINTS = {
  "POST /api/v2/auth/login": "login",
  "POST /api/v2/auth/2fa/challenge": "two_factor",
  "POST /api/v2/auth/invitations/accept": "invitation",
  "POST /api/v2/auth/register": "register",
  "POST /api/v2/auth/refresh": "refresh",
  "POST /api/v2/scraping/enrich": "enrichment",
  "POST /api/v2/scraping/enrich-async": "enrichment",
  "POST /api/v2/scraping/batch-async": "upload",
  "GET /api/v2/tasks": "status",
  "GET /api/v2/tasks/{id}/status": "status",
  "GET /api/v2/tasks/{id}/events": "status",
  "GET /api/v2/tasks/{id}/socket": "status",
  "GET /api/v2/tasks/{id}/result": "search",
  "POST /api/v2/tasks/{id}/cancel": "account",
  "POST /api/v2/tasks/{id}/retry": "upload",
  "GET /api/v2/webhooks": "account",
  "POST /api/v2/webhooks": "account",
  "GET /api/v2/webhooks/{id}": "account",
  "PATCH /api/v2/webhooks/{id}": "account",
  "DELETE /api/v2/webhooks/{id}": "account",
  "POST /api/v2/webhooks/{id}/rotate-secret": "account",
  "POST /api/v2/webhooks/{id}/test": "account",
  "GET /api/v2/webhooks/{id}/deliveries": "account",
  "GET /api/v2/webhooks/{id}/deliveries/{delivery_id}": "account",
  "POST /api/v2/webhooks/{id}/deliveries/{delivery_id}/replay": "account",
  "POST /api/v2/hooks/{channel}": "hook",
  "GET /api/v2/admin/queues": "account",
  "POST /api/v2/admin/queues/{queue}/pause": "account",
  "POST /api/v2/admin/queues/{queue}/resume": "account",
  "GET /api/v2/admin/dead-letters": "account",
  "POST /api/v2/admin/dead-letters/{id}/redrive": "account",
  "POST /api/v2/admin/dead-letters/redrive": "account",
  "DELETE /api/v2/admin/dead-letters/{id}": "account",
  "GET /api/v2/admin/profile": "account",
  "GET /api/v2/companies": "search",
  "GET /api/v2/analytics/sectors": "search",
  "GET /api/v2/exports": "status",
  "POST /api/v2/exports": "export",
  "GET /api/v2/exports/columns": "status",
  "GET /api/v2/exports/{id}/status": "status",
  "POST /api/v2/exports/{id}/cancel": "account",
  "GET /api/v2/exports/{id}/download": "download",
  "GET /api/v2/lists": "account",
  "POST /api/v2/lists": "account",
  "GET /api/v2/lists/{id}": "account",
  "PATCH /api/v2/lists/{id}": "account",
  "DELETE /api/v2/lists/{id}": "account",
  "GET /api/v2/lists/{id}/companies": "search",
  "POST /api/v2/lists/{id}/companies": "account",
  "DELETE /api/v2/lists/{id}/companies/{siren}": "account",
  "GET /api/v2/pipeline": "search",
  "GET /api/v2/changes": "search",
  "GET /api/v2/companies/{siren}/status": "account",
  "PUT /api/v2/companies/{siren}/status": "account",
  "DELETE /api/v2/companies/{siren}/status": "account",
  "GET /api/v2/companies/{siren}/notes": "account",
  "POST /api/v2/companies/{siren}/notes": "account",
  "PATCH /api/v2/companies/{siren}/notes/{note_id}": "account",
  "DELETE /api/v2/companies/{siren}/notes/{note_id}": "account",
  "GET /api/v2/companies/{siren}": "search",
  "GET /api/v2/companies/{siren}/score": "search",
  "DELETE /api/v2/companies/{siren}/cache": "search",
  "POST /api/v2/scoring/calculate": "search",
  "POST /api/v2/auth/logout": "account",
  "POST /api/v2/auth/password": "account",
  "GET /api/v2/auth/me": "account",
  "GET /api/v2/auth/sessions": "account",
  "DELETE /api/v2/auth/sessions": "account",
  "DELETE /api/v2/auth/sessions/{id}": "account",
  "GET /api/v2/auth/2fa": "account",
  "POST /api/v2/auth/2fa/setup": "account",
  "POST /api/v2/auth/2fa/verify": "account",
  "POST /api/v2/auth/2fa/disable": "account",
  "POST /api/v2/auth/backup-codes": "account",
  "GET /api/v2/organisation": "account",
  "PATCH /api/v2/organisation": "account",
  "GET /api/v2/organisation/members": "account",
  "PATCH /api/v2/organisation/members/{user_id}": "account",
  "DELETE /api/v2/organisation/members/{user_id}": "account",
  "GET /api/v2/organisation/invitations": "account",
  "POST /api/v2/organisation/invitations": "account",
  "DELETE /api/v2/organisation/invitations/{id}": "account",
  "GET /api/v2/api-keys": "account",
  "POST /api/v2/api-keys": "account",
  "GET /api/v2/api-keys/{id}": "account",
  "PATCH /api/v2/api-keys/{id}": "account",
  "DELETE /api/v2/api-keys/{id}": "account",
  "POST /api/v2/api-keys/{id}/rotate": "account",
  // Apart from what they report: whoever has spent a limit can still see which.
  "GET /api/v2/limits": "status",
  "GET /api/v2/usage": "status",
  "GET /api/v2/usage/entries": "account",
  "GET /api/v2/audit-logs": "account",
  "GET /api/v2/audit-logs/verify": "account",
  "GET /api/v2/audit-logs/export": "account",
  "GET /api/v2/audit-logs/anchors": "account",
} as const satisfies Record<string, PolicyName>;
