import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../app-env.ts";
import { taggedResponse } from "../json-response.ts";
import { bearerToken } from "../principal-cache.ts";

const HOT = { "cache-status": "isolate; hit" } as const;

/**
 * The shortest way for the commonest request: a known key asks again for a URL whose answer this isolate
 * still holds. Everything else goes on to the route.
 */
export const serveHot = createMiddleware<AppEnv>(async (context, next) => {
  const request = context.req.raw;
  const token = bearerToken(request.headers.get("authorization"));
  if (request.method !== "GET" || token === null) return next();
  const { principals, responses } = context.get("isolate");
  const principal = principals.peek(token);
  if (principal === undefined || !principal.scopes.has("companies:read")) return next();
  const found = responses.get(principal.organisationId, request.url);
  return found === undefined ? next() : taggedResponse(request, found, HOT);
});
