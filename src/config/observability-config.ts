import { z } from "zod";
import { LOG_LEVELS, type LogLevel } from "../observability/events.ts";
import { json, milliseconds, onOff, optionalText, share } from "./setting-types.ts";

export const OBSERVABILITY_SETTINGS = {
  OBSERVABILITY: onOff,
  QUERY_HEADERS: onOff,
  /** What monitoring sends as its bearer token. */
  METRICS_TOKEN: optionalText.pipe(z.string().min(16).nullable()),
  METRICS_SHARDS: milliseconds({ min: 1, max: 16 }, 2),
  METRICS_FLUSH_MS: z.union([z.literal("never"), milliseconds({ min: 0, max: 20_000 }, 10_000)]),
  LOG_LEVEL: optionalText.pipe(z.enum(LOG_LEVELS).nullable()),
  LOG_SAMPLE: share(0.01),
  SLOW_REQUEST_MS: milliseconds({ min: 1, max: 60_000 }, 1_000),
  SLOW_QUERY_MS: milliseconds({ min: 1, max: 60_000 }, 200),
  TRACES_URL: optionalText.pipe(z.url().nullable()),
  TRACES_HEADERS: json(z.record(z.string(), z.string())),
  TRACE_SAMPLE: share(0.01),
  SENTRY_DSN: optionalText.pipe(z.url().nullable()),
} as const;

const Settings = z.object(OBSERVABILITY_SETTINGS);
type Settings = z.infer<typeof Settings>;

export interface ObservabilityConfig {
  /** Off for benchmarks only. */
  enabled: boolean;
  /** Sends X-DB-Query-Count and X-DB-Time-Ms along with each answer. */
  queryHeaders: boolean;
  logLevel: LogLevel;
  /** Of requests and messages that went well and fast, the share that is logged. */
  logSample: number;
  /** What takes longer is always logged. */
  slowRequestMs: number;
  slowQueryMs: number;
  /** null: nobody may read the metrics. */
  metricsToken: string | null;
  /** Objects that share the counting. */
  metricsShards: number;
  /** An isolate hands over what it counted when it is this old. 0: at once. null: never by itself, for tests. */
  metricsFlushMs: number | null;
  /** null: nothing is traced. */
  traces: { url: string; headers: Record<string, string>; sample: number } | null;
  /** null: unexpected errors are logged and counted only. */
  sentryDsn: string | null;
}

/** What must not be so where customers are served. */
export function observabilityFaults(settings: Settings): string[] {
  const faults = settings.OBSERVABILITY === "off" ? ["OBSERVABILITY: can't be off in production"] : [];
  if (settings.METRICS_FLUSH_MS === "never") faults.push("METRICS_FLUSH_MS: can't be never in production");
  for (const name of ["TRACES_URL", "SENTRY_DSN"] as const) {
    const url = settings[name];
    if (url !== null && !url.startsWith("https://")) faults.push(`${name}: must be https`);
  }
  return faults;
}

export function observabilityConfig(settings: Settings): ObservabilityConfig {
  const { TRACES_URL: url, TRACES_HEADERS: headers, TRACE_SAMPLE: sample } = settings;
  return {
    enabled: settings.OBSERVABILITY !== "off",
    queryHeaders: settings.QUERY_HEADERS === "on",
    logLevel: settings.LOG_LEVEL ?? "info",
    logSample: settings.LOG_SAMPLE,
    slowRequestMs: settings.SLOW_REQUEST_MS,
    slowQueryMs: settings.SLOW_QUERY_MS,
    metricsToken: settings.METRICS_TOKEN,
    metricsShards: settings.METRICS_SHARDS,
    metricsFlushMs: settings.METRICS_FLUSH_MS === "never" ? null : settings.METRICS_FLUSH_MS,
    traces: url === null ? null : { url, headers: headers ?? {}, sample },
    sentryDsn: settings.SENTRY_DSN,
  };
}
