import type { Config } from "../config/config.ts";
import { MetricsClient } from "../durable/metrics-client.ts";
import { crc32 } from "../lib/crc32.ts";
import { randomHex } from "../lib/random-hex.ts";
import { type ErrorReporter, UNTRACKED_ERRORS } from "../observability/error-reporter.ts";
import type { Logger } from "../observability/logger.ts";
import { MetricFlush, outbox } from "../observability/metric-flush.ts";
import { Telemetry } from "../observability/telemetry.ts";
import { UsagePoints } from "../observability/usage-points.ts";
import { OtelTracing } from "../observability/otel-tracing.ts";
import { MinuteBudget } from "../observability/minute-budget.ts";
import { REPORTS_PER_MINUTE, SentryReporter } from "../observability/sentry-reporter.ts";
import { NO_TRACING, type Tracing } from "../observability/tracing.ts";

interface Parts {
  config: Config;
  log: Logger;
  now: () => number;
}

const reportBudget = new MinuteBudget(REPORTS_PER_MINUTE);

function buildTracing({ config, log, now }: Parts, env: Env): Tracing {
  const { traces } = config.observability;
  if (traces === null) return NO_TRACING;
  const { url, headers } = traces;
  return new OtelTracing(
    { url, headers, version: env.VERSION.id },
    {
      log,
      sleep: async (ms, signal) => scheduler.wait(ms, signal === undefined ? {} : { signal }),
      now,
    },
  );
}

function buildErrorReporter({ config, now }: Parts, env: Env): ErrorReporter {
  const { sentryDsn: dsn } = config.observability;
  if (dsn === null) return UNTRACKED_ERRORS;
  return new SentryReporter({
    dsn,
    environment: config.environment,
    release: env.VERSION.id,
    budget: reportBudget,
    now,
    fetch: async (target, init) => fetch(target, init),
  });
}

export function buildTelemetry({ config, log, now }: Parts, env: Env): Telemetry {
  const { observability } = config;
  const shards = new MetricsClient(env.METRICS, observability.metricsShards);
  const flush = new MetricFlush({
    outbox,
    send: async (report) => shards.add(report),
    newId: () => crypto.randomUUID(),
    now,
    sleep: async (ms) => scheduler.wait(ms),
    everyMs: observability.metricsFlushMs,
    log,
  });
  return new Telemetry({
    config: observability,
    usage: new UsagePoints(env.ANALYTICS),
    log,
    flush,
    tracing: buildTracing({ config, log, now }, env),
    errors: buildErrorReporter({ config, log, now }, env),
    now,
    ids: randomHex,
    salt: crc32(env.VERSION.id),
  });
}
