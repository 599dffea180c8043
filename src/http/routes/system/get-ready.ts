import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import type { AppEnv } from "../../app-env.ts";
import { DEPENDENCIES } from "../../health-checks.ts";

const Check = z
  .object({ name: z.enum(DEPENDENCIES), ok: z.boolean(), duration_ms: z.number() })
  .openapi("ReadinessCheck");

const Readiness = z
  .object({ status: z.enum(["ready", "not_ready"]), checks: z.array(Check), failing: z.array(z.string()) })
  .openapi("Readiness");

export const getReadyRoute = createRoute({
  method: "get",
  path: "/ready",
  operationId: "getReady",
  tags: ["System"],
  summary: "Can the service do its work",
  description: "Asks every dependency; the outcome is told for 2 seconds, then they are asked again.",
  security: [],
  responses: {
    200: { description: "Every dependency answers", content: { "application/json": { schema: Readiness } } },
    503: {
      description: "`failing` names the dependencies that do not answer",
      content: { "application/json": { schema: Readiness } },
    },
  },
});

export const getReady: RouteHandler<typeof getReadyRoute, AppEnv> = async (context) => {
  const checks = await context.get("isolate").readiness.checks();
  const failing = checks.filter(({ ok }) => !ok).map(({ name }) => name);
  const headers = { "cache-control": "no-store" };
  if (failing.length === 0) return context.json({ status: "ready" as const, checks, failing }, 200, headers);
  return context.json({ status: "not_ready" as const, checks, failing }, 503, {
    ...headers,
    "retry-after": "5",
  });
};
