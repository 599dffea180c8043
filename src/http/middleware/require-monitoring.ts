import { createMiddleware } from "hono/factory";
import { isSameSecret } from "../../auth/constant-time.ts";
import type { AppEnv } from "../app-env.ts";
import { bearerToken } from "../principal-cache.ts";
import { RequestRefused } from "../request-invalid.ts";

const CHALLENGE = { "www-authenticate": "Bearer" };

/** Monitoring proves itself with METRICS_TOKEN; where none is set, there is nothing to be read. */
export const requireMonitoring = createMiddleware<AppEnv>(async (context, next) => {
  const { metricsToken } = context.get("isolate").services.config.observability;
  if (metricsToken === null) throw new RequestRefused("request.route_unknown");
  const token = bearerToken(context.req.raw.headers.get("authorization"));
  if (token === null) throw new RequestRefused("monitoring.token_missing", CHALLENGE);
  if (!isSameSecret(token, metricsToken)) throw new RequestRefused("monitoring.token_refused", CHALLENGE);
  await next();
});
