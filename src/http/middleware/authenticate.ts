import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import {
  PERSONAL_SCOPES,
  type Principal,
  type Scope,
  type Session,
} from "../../domain/accounts/principal.ts";
import { metrics } from "../../observability/metric-buffer.ts";
import type { AppEnv } from "../app-env.ts";
import { clientAddress } from "../client-address.ts";
import { noteCaller } from "../note-caller.ts";
import { bearerToken, socketToken } from "../principal-cache.ts";
import { RequestRefused } from "../request-invalid.ts";
import { chargeRequest, refuseIfKnown } from "./limit-request.ts";

const CHALLENGE = { "www-authenticate": 'Bearer realm="api"' };

/**
 * Asks who this is. Each wrong key costs a query, so a network may try so many and then waits; keys that were good
 * here within the hour, and access tokens, are let through all the same. Throws `LimitReached`.
 */
async function identify(context: Context<AppEnv>, token: string): Promise<Principal | null> {
  const { principals, services } = context.get("isolate");
  if (!services.config.limiter.enabled || !principals.mayBeGuess(token)) return principals.find(token);
  const caller = { address: clientAddress(context.req.raw) };
  refuseIfKnown(context, "credential", caller);
  const principal = await principals.find(token);
  if (principal === null) await chargeRequest(context, "credential", caller);
  return principal;
}

/** Every route behind it needs a credential. */
export const authenticate = createMiddleware<AppEnv>(async (context, next) => {
  const { headers: given } = context.req.raw;
  const token = bearerToken(given.get("authorization")) ?? socketToken(given);
  if (token === null) throw new RequestRefused("auth.credential_missing", CHALLENGE);
  const known = context.get("isolate").principals.peek(token);
  if (known !== undefined) metrics.count("cache_hits_total", { kind: "principal", layer: "isolate" });
  const principal = known ?? (await identify(context, token));
  if (principal === null) {
    const headers = { "www-authenticate": `${CHALLENGE["www-authenticate"]}, error="invalid_token"` };
    throw new RequestRefused("auth.credential_invalid", headers);
  }
  context.set("principal", principal);
  noteCaller(context.get("work"), principal);
  await next();
});

/** The credential must carry this scope, or one of the others that do as well; a refusal names the first. */
export function requireScope(scope: Scope, ...others: Scope[]) {
  return createMiddleware<AppEnv>(async (context, next) => {
    const { scopes, session } = context.get("principal");
    if ([scope, ...others].some((one) => scopes.has(one))) return next();
    if (session?.mustEnrol === true) throw new RequestRefused("auth.mfa_enrolment_required");
    const personal = PERSONAL_SCOPES.some((one) => one === scope);
    if (personal && session === null) throw new RequestRefused("auth.session_required");
    const headers = { "www-authenticate": `Bearer error="insufficient_scope", scope="${scope}"` };
    const held = session === null ? { scopes: [...scopes] } : { role: session.role };
    throw new RequestRefused("auth.scope_missing", headers, { scope, ...held });
  });
}

/** A person must have signed in; no key will do. */
export const requireSession = createMiddleware<AppEnv>(async (context, next) => {
  if (context.get("principal").session === null) throw new RequestRefused("auth.session_required");
  await next();
});

/** The session behind `requireSession`. */
export function sessionOf(context: Context<AppEnv>): Session {
  const { session } = context.get("principal");
  if (session === null) throw new RequestRefused("auth.session_required");
  return session;
}
