// Before any schema is made: one that is older can't be named in the OpenAPI document.
import "@hono/zod-openapi";
import { runScheduled } from "./cron/schedule.ts";
import { createApp } from "./http/app.ts";
import { IsolateKeeper } from "./http/isolate.ts";
import { consume } from "./queue/consume.ts";

export { AuditChain } from "./durable/audit-chain.ts";
export { EnrichmentFlight } from "./durable/enrichment-flight.ts";
export { IdempotencyKeeper } from "./durable/idempotency-keeper.ts";
export { MetricsShard } from "./durable/metrics-shard.ts";
export { RateLimiter } from "./durable/rate-limiter.ts";
export { SourceGate } from "./durable/source-gate.ts";
export { TaskProgress } from "./durable/task-progress.ts";

const isolates = new IsolateKeeper();
const app = createApp((env) => isolates.of(env));

export default {
  fetch: app.fetch,
  queue: async (batch, env, context) =>
    consume(isolates.of(env).services, batch, (work) => context.waitUntil(work)),
  scheduled: async (controller, env, context) =>
    runScheduled(isolates.of(env).services, controller.cron, (work) => context.waitUntil(work)),
} satisfies ExportedHandler<Env>;
