import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { matchedRoutes } from "hono/route";
import type { Caller } from "../../domain/limits/effective-limit.ts";
import { LimiterUnavailable, LimitReached } from "../../domain/limits/errors.ts";
import type { Standing } from "../../domain/limits/lease-book.ts";
import { ENDPOINTS, POLICIES, type PolicyName } from "../../domain/limits/limit-table.ts";
import type { AppEnv } from "../app-env.ts";
import { clientAddress } from "../client-address.ts";
import { rateLimitHeaders, UNCOUNTED_HEADERS } from "../rate-limit-headers.ts";

/** By method and path as the router writes them. */
const policies = new Map<string, PolicyName>(
  Object.entries(ENDPOINTS).map(([endpoint, name]) => [endpoint.replace(/\{(\w+)\}/g, ":$1"), name]),
);

function policyOf(context: Context<AppEnv>): PolicyName | undefined {
  const route = matchedRoutes(context).findLast(({ method }) => method !== "ALL");
  return route && policies.get(`${route.method} ${route.path}`);
}

/** What a charge came to; throws `LimitReached`, whose answer carries the headers too. */
function headersOf(context: Context<AppEnv>, standing: Standing | null): Record<string, string> {
  if (standing === null) return UNCOUNTED_HEADERS;
  const headers = rateLimitHeaders(standing);
  if (standing.admitted) return headers;
  context.set("limitHeaders", headers);
  throw new LimitReached(standing.window.policy, standing.resetMs);
}

/**
 * Charges this request and returns the headers that say so. Throws `LimitReached`, or `LimiterUnavailable` when it
 * can't be counted and must be. Waits for nothing while this isolate holds permits.
 */
export function chargeRequest(
  context: Context<AppEnv>,
  name: PolicyName,
  caller: Caller,
): Record<string, string> | Promise<Record<string, string>> {
  const { limiter } = context.get("isolate").services.limits;
  const held = limiter.spendHeld(name, caller);
  if (held !== null) return headersOf(context, held);
  const background = (work: Promise<unknown>): void => context.executionCtx.waitUntil(work);
  return limiter.spend(name, caller, background).then((standing) => headersOf(context, standing));
}

/** Throws the `LimitReached` that this isolate remembers of a caller, if any; charges nothing. */
export function refuseIfKnown(context: Context<AppEnv>, name: PolicyName, caller: Caller): void {
  const refusal = context.get("isolate").services.limits.limiter.refusalHeld(name, caller);
  if (refusal !== null) headersOf(context, refusal);
}

/** Counts every request under `/api` that has a policy; to be mounted after `authenticate` where that applies. */
export const limitRequest = createMiddleware<AppEnv>(async (context, next) => {
  const name = policyOf(context);
  if (name === undefined || !context.get("isolate").services.config.limiter.enabled) return next();
  const byAddress = POLICIES[name].per === "address";
  const caller = byAddress ? { address: clientAddress(context.req.raw) } : context.get("principal");
  try {
    context.set("limitHeaders", await chargeRequest(context, name, caller));
  } catch (error) {
    if (error instanceof LimiterUnavailable) context.set("limitHeaders", UNCOUNTED_HEADERS);
    throw error;
  }
  await next();
});
