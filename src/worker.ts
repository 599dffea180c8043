import { runScheduled } from "./cron/schedule.ts";
import { createApp } from "./http/app.ts";
import { IsolateKeeper } from "./http/isolate.ts";

export { AuditChain } from "./durable/audit-chain.ts";
export { EnrichmentFlight } from "./durable/enrichment-flight.ts";
export { RateLimiter } from "./durable/rate-limiter.ts";
export { SourceGate } from "./durable/source-gate.ts";

const isolates = new IsolateKeeper();
const app = createApp((env) => isolates.of(env));

export default {
  fetch: app.fetch,
  scheduled: async (controller, env) => runScheduled(isolates.of(env).services, controller.cron),
} satisfies ExportedHandler<Env>;
