import { createMiddleware } from "hono/factory";
import { metrics } from "../../observability/metric-buffer.ts";
import { readTraceParent } from "../../observability/trace-context.ts";
import type { AppEnv } from "../app-env.ts";
import { endpointOf } from "../endpoint.ts";

/** Requests that this isolate is answering. */
class InProgress {
  #count = 0;

  change(by: number): void {
    this.#count += by;
    metrics.set("http_requests_in_progress", {}, this.#count);
  }
}

const inProgress = new InProgress();

/** Counts and times every request, and gives it the work that its log line, its queries and its spans belong to. */
export const observe = createMiddleware<AppEnv>(async (context, next) => {
  const { telemetry } = context.get("isolate").services;
  const { config, now, flush } = telemetry.deps;
  if (!config.enabled) return next();
  const request = context.req.raw;
  const parent = readTraceParent(request.headers.get("traceparent"), request.headers.get("tracestate"));
  const caller = telemetry.callerOf(context.get("requestId"), parent);
  const work = telemetry.work("request", request.method, caller);
  const background = (later: Promise<unknown>): void => context.executionCtx.waitUntil(later);
  const started = now();
  inProgress.change(1);
  try {
    await telemetry.run(work, background, async () => {
      await next();
      work.name = `${request.method} ${endpointOf(context)}`;
    });
  } finally {
    inProgress.change(-1);
    const labels = {
      method: request.method,
      endpoint: endpointOf(context),
      status: String(context.res.status),
    };
    metrics.count("http_requests_total", labels);
    metrics.observe("http_request_duration_seconds", labels, (now() - started) / 1_000);
    flush.settle(background);
  }
  return undefined;
});
