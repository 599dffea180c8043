import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { BREAKER_STATES } from "../../../domain/enrichment/breaker-state.ts";
import { SOURCE_NAMES } from "../../../domain/enrichment/source.ts";
import { QUEUE_NAMES } from "../../../domain/operations/queue-name.ts";
import { API_VERSION } from "../../../openapi/document.ts";
import type { Services } from "../../../services.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { type DetailedHealth, detailedHealth } from "../../detailed-health.ts";
import { DEPENDENCIES } from "../../health-checks.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireMonitoring } from "../../middleware/require-monitoring.ts";
import { MONITORING_PROBLEMS } from "../../shared-responses.ts";

const instant = z.iso.datetime();

const Dependency = z
  .object({ name: z.enum(DEPENDENCIES), ok: z.boolean(), duration_ms: z.number() })
  .openapi("DependencyHealth");

const Provider = z
  .object({
    name: z.enum(SOURCE_NAMES),
    enabled: z.boolean(),
    configured: z.boolean().openapi({ description: "It has the key that it needs, or needs none" }),
    breaker: z
      .object({
        state: z.enum(BREAKER_STATES).openapi({
          description:
            "`closed`: calls go out; `half_open`: a single one tries whether it is back; `open`: none does",
        }),
        reopens_at: instant.nullable().openapi({ description: "While open: when a call may try again" }),
      })
      .nullable()
      .openapi({ description: "null: its gate does not answer" }),
    paused: z
      .object({ reason: z.enum(["busy", "invalid_key", "quota_exhausted"]), until: instant })
      .nullable()
      .openapi({ description: "It told us to wait, or refuses our key or credits" }),
  })
  .openapi("ProviderHealth");

const Queue = z
  .object({
    name: z.enum(QUEUE_NAMES),
    backlog_count: z.number().int().nullable().openapi({ description: "null: the platform does not say" }),
    oldest_message_at: instant.nullable(),
    paused: z.boolean().nullable().openapi({ description: "null: the switch can't be read" }),
  })
  .openapi("QueueHealth");

const Detailed = z
  .object({
    status: z.enum(["ok", "degraded", "down"]),
    reasons: z.array(z.string()).openapi({
      description: "What keeps it from being `ok`",
      example: ["breaker_open:insee", "queue_paused:exports", "dependency_failing:kv"],
    }),
    environment: z.enum(["development", "test", "staging", "production"]),
    api_version: z.string(),
    build: z
      .object({ id: z.string(), tag: z.string(), timestamp: z.string() })
      .openapi({ description: "The upload that runs, as the platform names it" }),
    isolate: z
      .object({ started_at: instant, uptime_seconds: z.number() })
      .openapi({ description: "Of the process that answered: many run at once, none lives long" }),
    dependencies: z.array(Dependency),
    providers: z.array(Provider),
    llm: z
      .object({ configured: z.literal(false) })
      .openapi({ description: "No part of this version calls a language model" }),
    queues: z.array(Queue),
  })
  .openapi("DetailedHealth");

const content = { "application/json": { schema: Detailed } };

export const getHealthDetailedRoute = createRoute({
  method: "get",
  path: "/health/detailed",
  operationId: "getDetailedHealth",
  tags: ["System"],
  summary: "See what works and what does not",
  description:
    "Asks every dependency, provider gate and queue, for 3 seconds at most. `down`: without the database or Durable Objects nothing can be answered. `degraded`: another dependency fails, an enabled provider's breaker is open, or a queue is paused.",
  security: [{ monitoring: [] }],
  middleware: [requireMonitoring] as const,
  request: { query: closedObject({}) },
  responses: {
    200: { description: "`ok` or `degraded`", content },
    503: { description: "`down`", content },
    ...MONITORING_PROBLEMS,
  },
});

function detailedJson({ config, runtime, now }: Services, health: DetailedHealth) {
  const { status, reasons, dependencies, providers, queues } = health;
  const { build, startedAt } = runtime;
  return {
    status,
    reasons,
    environment: config.environment,
    api_version: API_VERSION,
    build,
    isolate: {
      started_at: new Date(startedAt).toISOString(),
      uptime_seconds: Math.round((now() - startedAt) / 1_000),
    },
    dependencies,
    providers,
    llm: { configured: false as const },
    queues,
  };
}

export const getHealthDetailed: RouteHandler<typeof getHealthDetailedRoute, AppEnv> = async (context) => {
  const { services } = context.get("isolate");
  const health = await detailedHealth(services);
  return context.json(detailedJson(services, health), health.status === "down" ? 503 : 200, PRIVATE_JSON);
};
