import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../app-env.ts";

/** What a page may read beside the few headers that browsers always show. */
const EXPOSED = [
  "Accept-Ranges",
  "Age",
  "Cache-Status",
  "Content-Digest",
  "Content-Disposition",
  "Content-Range",
  "ETag",
  "Idempotent-Replayed",
  "Link",
  "Location",
  "RateLimit",
  "RateLimit-Policy",
  "Repr-Digest",
  "Retry-After",
  "X-Cost-Credits",
  "X-Cost-Euros",
  "X-DB-Query-Count",
  "X-DB-Time-Ms",
  "X-Mode",
  "X-RateLimit-Limit",
  "X-RateLimit-Remaining",
  "X-RateLimit-Reset",
  "X-RateLimit-Status",
  "X-Request-Id",
  "X-Row-Count",
].join(", ");

/** Two hours: the longest that Chromium keeps a preflight. */
const PREFLIGHT = {
  "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
  "access-control-allow-headers":
    "Authorization, Content-Type, Idempotency-Key, If-None-Match, If-Range, Last-Event-ID, Range, X-Request-Id",
  "access-control-max-age": "7200",
} as const;

/**
 * Browsers on the origins of the settings may call us; any other page learns nothing, not even from a preflight.
 * No cookie is ever read, so credentials are not allowed for: the token travels in `Authorization`.
 */
export const cors = createMiddleware<AppEnv>(async (context, next) => {
  const origin = context.req.raw.headers.get("origin");
  if (origin === null) return next();
  const allowed = context.get("isolate").services.config.allowedOrigins.includes(origin);
  const wanted = context.req.raw.headers.get("access-control-request-method");
  if (context.req.method === "OPTIONS" && wanted !== null) {
    const headers = allowed ? { "access-control-allow-origin": origin, ...PREFLIGHT } : {};
    return new Response(null, { status: 204, headers });
  }
  await next();
  if (!allowed) return;
  const { headers } = context.res;
  headers.set("access-control-allow-origin", origin);
  headers.set("access-control-expose-headers", EXPOSED);
});
