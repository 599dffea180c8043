import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { errorKind } from "../../../lib/error-kind.ts";
import type { Services } from "../../../services.ts";
import type { AppEnv } from "../../app-env.ts";

const CHECK_LIMIT_MS = 3_000;

const Check = z
  .object({
    name: z.enum(["database", "kv", "durable_objects"]),
    ok: z.boolean(),
    duration_ms: z.number(),
  })
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
  security: [],
  responses: {
    200: { description: "Every dependency answers", content: { "application/json": { schema: Readiness } } },
    503: {
      description: "`failing` names the dependencies that do not answer",
      content: { "application/json": { schema: Readiness } },
    },
  },
});

type Check = z.infer<typeof Check>;

async function within(limitMs: number, work: Promise<unknown>): Promise<void> {
  const late = scheduler.wait(limitMs).then(() => Promise.reject(new Error("too slow")));
  await Promise.race([work, late]);
}

async function check(services: Services, name: Check["name"], ask: () => Promise<unknown>): Promise<Check> {
  const started = services.now();
  const ok = await within(CHECK_LIMIT_MS, ask()).then(
    () => true,
    (error: unknown) => {
      services.log.event("dependency_failing", {
        name,
        error: errorKind(error),
      });
      return false;
    },
  );
  return { name, ok, duration_ms: services.now() - started };
}

export const getReady: RouteHandler<typeof getReadyRoute, AppEnv> = async (context) => {
  const { services } = context.get("isolate");
  const checks = await Promise.all([
    check(services, "database", async () => services.database.query("select 1")),
    check(services, "kv", async () => services.kv.get("readiness")),
    check(services, "durable_objects", async () => services.gates.inspect("recherche_entreprises")),
  ]);
  const failing = checks.filter(({ ok }) => !ok).map(({ name }) => name);
  const headers = { "cache-control": "no-store" };
  if (failing.length === 0) return context.json({ status: "ready" as const, checks, failing }, 200, headers);
  return context.json({ status: "not_ready" as const, checks, failing }, 503, {
    ...headers,
    "retry-after": "5",
  });
};
