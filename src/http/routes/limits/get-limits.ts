import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { graceEnd } from "../../../domain/limits/effective-limit.ts";
import { ENDPOINTS } from "../../../domain/limits/limit-table.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { COMMON_PROBLEMS } from "../../shared-responses.ts";

const Limit = z
  .object({
    name: z.string().openapi({ example: "enrichment" }),
    limit: z.int().openapi({ description: "Requests in any window of this length", example: 100 }),
    window_seconds: z.int().openapi({ example: 3_600 }),
    burst: z.int().openapi({
      description: "How many more are let through within a minute once the limit is spent, once per window",
      example: 20,
    }),
    remaining: z.int().openapi({ description: "Left of `limit`", example: 87 }),
    reset_seconds: z.int().openapi({ description: "Until `remaining` grows by itself", example: 1_742 }),
    endpoints: z.array(z.string()).openapi({ example: ["POST /api/v2/scraping/enrich"] }),
  })
  .openapi("Limit");

const Limits = z
  .object({
    plan: z.enum(["free", "pro", "enterprise", "admin"]),
    grace_until: z.iso.datetime().nullable().openapi({
      description: "Until then the organisation has the doubled limits of its first week",
    }),
    policies: z.array(Limit),
  })
  .openapi("Limits");

export const getLimitsRoute = createRoute({
  method: "get",
  path: "/api/v2/limits",
  operationId: "getLimits",
  tags: ["Limits and usage"],
  summary: "Read your limits and what is left of them",
  description:
    "Of the key or the person that asks: each has windows of its own. Counted under `status`, with the month's usage: whatever else is spent, this still answers.",
  security: [{ bearer: [] }],
  request: { query: closedObject({}) },
  responses: {
    200: { description: "The limits", content: { "application/json": { schema: Limits } } },
    ...COMMON_PROBLEMS,
  },
});

function endpointsOf(name: string): string[] {
  return Object.entries(ENDPOINTS).flatMap(([endpoint, policy]) => (policy === name ? [endpoint] : []));
}

export const getLimits: RouteHandler<typeof getLimitsRoute, AppEnv> = async (context) => {
  const { limits, now } = context.get("isolate").services;
  const principal = context.get("principal");
  const standings = await limits.limiter.list(principal, (work) => context.executionCtx.waitUntil(work));
  const policies = standings.map(({ name, window, remaining, resetMs }) => ({
    name,
    limit: window.limit,
    window_seconds: window.windowMs / 1_000,
    burst: window.burst,
    remaining,
    reset_seconds: Math.ceil(resetMs / 1_000),
    endpoints: endpointsOf(name),
  }));
  const grace = graceEnd(principal);
  const grace_until = now() < grace ? new Date(grace).toISOString() : null;
  return context.json(Limits.parse({ plan: principal.plan, grace_until, policies }), 200, PRIVATE_JSON);
};
