import type { LogLevel } from "./events.ts";
import type { TelemetryDeps } from "./telemetry.ts";
import { isSampled } from "./trace-context.ts";
import { inWork, type Work, type WorkKind } from "./work.ts";

/** The part of `Telemetry` that a line needs. */
interface Told {
  deps: Pick<TelemetryDeps, "config" | "log" | "salt">;
}

/** How a piece of work ended. */
export interface Outcome {
  durationMs: number;
  /** `error`: we failed. `warn`: we failed and try again. Both are always logged. */
  level: Extract<LogLevel, "info" | "warn" | "error">;
}

/** Of each kind: its event, and the field that holds the work's name. */
const LINES: Record<WorkKind, { event: string; name: string }> = {
  request: { event: "request", name: "route" },
  message: { event: "queue_message", name: "type" },
  cron: { event: "cron_job", name: "job" },
  object: { event: "object_call", name: "call" },
};

/** A message may work on fifty companies, an object waits for sources: slow is ten times what it is for a request. */
const WORK_PATIENCE = 10;

/** The share at which lines like this one are kept; 1: always. Jobs are few and all are logged. */
function rateOf({ deps }: Told, { kind }: Work, { level, durationMs }: Outcome): number {
  const { slowRequestMs, logSample } = deps.config;
  const patience = kind === "request" ? 1 : WORK_PATIENCE;
  const always = level !== "info" || kind === "cron" || durationMs >= slowRequestMs * patience;
  return always ? 1 : logSample;
}

/**
 * The one line about a piece of work, at its end; of what went well and fast only a share is written, chosen by the
 * trace, so that its lines are kept or dropped together. `sample_rate` says how many lines each stands for: 1 / rate.
 */
export function tellWork(telemetry: Told, work: Work, outcome: Outcome): void {
  const rate = rateOf(telemetry, work, outcome);
  if (rate < 1 && !isSampled(work.caller.trace.traceId, rate, telemetry.deps.salt)) return;
  const { event, name } = LINES[work.kind];
  const line = {
    [name]: work.name,
    duration_ms: outcome.durationMs,
    db_queries: work.queries.count,
    db_ms: work.queries.ms,
    ...work.fields,
    sample_rate: rate,
  };
  inWork(work, () => telemetry.deps.log.tell(event, outcome.level, line));
}
