import { createMiddleware } from "hono/factory";
import { metrics } from "../../observability/metric-buffer.ts";
import type { AppEnv } from "../app-env.ts";
import { taggedResponse } from "../json-response.ts";
import { noteCaller } from "../note-caller.ts";
import { bearerToken } from "../principal-cache.ts";
import { chargeRequest } from "./limit-request.ts";

const HOT = { "cache-status": "isolate; hit" } as const;
const PRINCIPAL = { kind: "principal", layer: "isolate" } as const;
const RESPONSE = { kind: "response", layer: "isolate" } as const;
const ANSWERED = { cache: "response" } as const;

/**
 * The shortest way for the commonest request: a known key asks again for a URL whose answer this isolate
 * still holds. Everything else goes on to the route.
 */
export const serveHot = createMiddleware<AppEnv>(async (context, next) => {
  const request = context.req.raw;
  const token = bearerToken(request.headers.get("authorization"));
  if (request.method !== "GET" || token === null) return next();
  const { principals, responses, services } = context.get("isolate");
  const principal = principals.peek(token);
  // A test key is of the same organisation, and must never see what is real.
  if (principal === undefined || principal.mode === "test" || !principal.scopes.has("companies:read"))
    return next();
  const found = responses.get(principal.organisationId, request.url);
  if (found === undefined) {
    metrics.count("cache_misses_total", RESPONSE);
    return next();
  }
  metrics.count("cache_hits_total", RESPONSE);
  metrics.count("cache_hits_total", PRINCIPAL);
  const work = context.get("work");
  noteCaller(work, principal);
  work?.add(ANSWERED);
  if (!services.config.limiter.enabled) return taggedResponse(request, found, HOT);
  const limits = await chargeRequest(context, "search", principal);
  return taggedResponse(request, found, { ...HOT, ...limits });
});
