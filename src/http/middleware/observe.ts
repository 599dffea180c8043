import { createMiddleware } from "hono/factory";
import { metrics } from "../../observability/metric-buffer.ts";
import type { Telemetry } from "../../observability/telemetry.ts";
import { readTraceParent } from "../../observability/trace-context.ts";
import { tellWork } from "../../observability/wide-event.ts";
import { inWork, type Work } from "../../observability/work.ts";
import type { AppEnv } from "../app-env.ts";
import { endpointOf } from "../endpoint.ts";

/** One statement that a request runs more often than this looks like a loop of queries. */
const REPEATS = 3;

/** Requests that this isolate is answering. */
class InProgress {
  count = 0;
}

const inProgress = new InProgress();
metrics.watch("http_requests_in_progress", () => inProgress.count);

function tellQueries({ deps }: Telemetry, work: Work, endpoint: string): void {
  if (work.queries.count === 0) return;
  metrics.observe("db_queries_per_request", {}, work.queries.count);
  if (work.queries.count <= REPEATS) return;
  const repeated = work.queries.repeated(REPEATS);
  if (repeated.length === 0) return;
  metrics.count("db_repeated_queries_total", { endpoint });
  inWork(work, () => {
    for (const one of repeated) deps.log.event("query_repeated", { route: work.name, ...one });
  });
}

/** `status`: 500 when nothing answered. */
interface Ended {
  method: string;
  endpoint: string;
  status: number;
  durationMs: number;
}

function tellUsage(telemetry: Telemetry, work: Work, { status, durationMs }: Ended): void {
  if (!telemetry.deps.usage.isBound) return;
  const { organisation_id: organisation, cache, credits } = work.fields;
  if (typeof organisation !== "string") return;
  telemetry.deps.usage.request({
    organisationId: organisation,
    endpoint: work.name,
    status,
    durationMs,
    cache: typeof cache === "string" ? cache : "",
    queries: work.queries.count,
    credits: typeof credits === "number" ? credits : 0,
  });
}

/** What the metrics and the log learn of a request that is over. */
function tell(telemetry: Telemetry, work: Work, ended: Ended): void {
  const { method, endpoint, status, durationMs } = ended;
  const labels = { method, endpoint, status: String(status) };
  metrics.observe("http_request_duration_seconds", labels, durationMs / 1_000);
  tellQueries(telemetry, work, endpoint);
  tellUsage(telemetry, work, ended);
  tellWork(telemetry, work, { durationMs, level: status >= 500 ? "error" : "info" });
}

/** Counts, times and logs every request: it is the work that the queries, spans and events on its way belong to. */
export const observe = createMiddleware<AppEnv>(async (context, next) => {
  const { telemetry } = context.get("isolate").services;
  const { config, now, flush } = telemetry.deps;
  if (!config.enabled) return next();
  const { method, headers: asked } = context.req.raw;
  const header = asked.get("traceparent");
  const parent = header === null ? null : readTraceParent(header, asked.get("tracestate"));
  const caller = telemetry.callerOf(context.get("requestId"), parent);
  const work = telemetry.work("request", method, caller);
  context.set("work", work);
  const background = (later: Promise<unknown>): void => context.executionCtx.waitUntil(later);
  const started = now();
  const ended = { method, status: 500, endpoint: "" };
  const note = (status: number): void => {
    ended.status = status;
    ended.endpoint = endpointOf(context);
    work.name = `${method} ${ended.endpoint}`;
    work.add({ method, status });
  };
  inProgress.count += 1;
  try {
    // A trace is recorded from here; what runs without one enters the work later, see `enterWork`.
    if (caller.trace.sampled) {
      await telemetry.run(work, background, async () => {
        try {
          await next();
          ended.status = context.res.status;
        } finally {
          note(ended.status);
        }
      });
    } else {
      await next();
      note(context.res.status);
    }
    // To those we know only: of a sign-in they would tell whether the address has an account.
    if (config.queryHeaders && context.get("principal") !== undefined) {
      const { headers } = context.res;
      headers.set("x-db-query-count", String(work.queries.count));
      headers.set("x-db-time-ms", String(work.queries.ms));
    }
  } finally {
    inProgress.count -= 1;
    // Errors are answered further in; what gets here as one is answered by the platform.
    if (ended.endpoint === "") note(ended.status);
    tell(telemetry, work, { ...ended, durationMs: now() - started });
    flush.settle(background);
  }
  return undefined;
});
