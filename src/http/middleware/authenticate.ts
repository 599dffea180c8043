import { createMiddleware } from "hono/factory";
import type { Scope } from "../../domain/accounts/principal.ts";
import type { AppEnv } from "../app-env.ts";
import { bearerToken } from "../principal-cache.ts";
import { RequestRefused } from "../request-invalid.ts";

const CHALLENGE = { "www-authenticate": 'Bearer realm="api"' };

/** Every route behind it needs a credential. */
export const authenticate = createMiddleware<AppEnv>(async (context, next) => {
  const token = bearerToken(context.req.raw.headers.get("authorization"));
  if (token === null) throw new RequestRefused("auth.credential_missing", CHALLENGE);
  const principal = await context.get("isolate").principals.find(token);
  if (principal === null) {
    const headers = { "www-authenticate": `${CHALLENGE["www-authenticate"]}, error="invalid_token"` };
    throw new RequestRefused("auth.credential_invalid", headers);
  }
  context.set("principal", principal);
  await next();
});

/** The credential must carry this scope. */
export function requireScope(scope: Scope) {
  return createMiddleware<AppEnv>(async (context, next) => {
    if (!context.get("principal").scopes.has(scope)) {
      const headers = { "www-authenticate": `Bearer error="insufficient_scope", scope="${scope}"` };
      throw new RequestRefused("auth.scope_missing", headers);
    }
    await next();
  });
}
