import type { Config } from "../config/config.ts";
import { randomBytes } from "../lib/random-bytes.ts";
import { NO_ERROR_REPORTER } from "../observability/error-reporter.ts";
import type { Logger } from "../observability/logger.ts";
import { metrics } from "../observability/metric-buffer.ts";
import { MetricFlush } from "../observability/metric-flush.ts";
import { Telemetry } from "../observability/telemetry.ts";
import { NO_TRACING } from "../observability/tracing.ts";

interface Parts {
  config: Config;
  log: Logger;
  now: () => number;
}

export function buildTelemetry({ config, log, now }: Parts, env: Env): Telemetry {
  const { observability } = config;
  const shard = 1 + Math.floor(Math.random() * observability.metricsShards);
  const flush = new MetricFlush({
    buffer: metrics,
    send: async (report) => env.METRICS.getByName(`metrics:v1:${shard}`).add(report),
    isolate: crypto.randomUUID(),
    now,
    everyMs: observability.metricsFlushMs,
  });
  return new Telemetry({
    config: observability,
    log,
    flush,
    tracing: NO_TRACING,
    errors: NO_ERROR_REPORTER,
    now,
    randomBytes,
  });
}
