import type { ObservabilityConfig } from "../config/observability-config.ts";
import type { ErrorReporter } from "./error-reporter.ts";
import type { Logger } from "./logger.ts";
import type { MetricFlush } from "./metric-flush.ts";
import { isSampled, newTraceContext } from "./trace-context.ts";
import type { Background, Tracing } from "./tracing.ts";
import { type Caller, inWork, type TraceContext, Work, type WorkKind } from "./work.ts";

export interface TelemetryDeps {
  config: ObservabilityConfig;
  log: Logger;
  flush: MetricFlush;
  tracing: Tracing;
  errors: ErrorReporter;
  now: () => number;
  randomBytes: (length: number) => Uint8Array<ArrayBuffer>;
}

/** What every entry point uses: HTTP, queue, cron and Durable Objects. */
export class Telemetry {
  readonly deps: TelemetryDeps;

  constructor(deps: TelemetryDeps) {
    this.deps = deps;
  }

  /** Who works, in a trace of our own or in the caller's. A stranger's wish to be recorded is not heard. */
  callerOf(requestId: string, parent: TraceContext | null): Caller {
    const { config, randomBytes } = this.deps;
    const trace = newTraceContext(parent, false, randomBytes);
    return { requestId, trace: { ...trace, sampled: isSampled(trace.traceId, config.traces?.sample ?? 0) } };
  }

  /** The same trace and request, at somebody to whom our own code handed them. */
  calleeOf(caller: Caller): Caller {
    const { trace, requestId } = caller;
    return { requestId, trace: newTraceContext(trace, trace.sampled, this.deps.randomBytes) };
  }

  work(kind: WorkKind, name: string, caller: Caller): Work {
    return new Work(kind, name, caller);
  }

  async run<Result>(work: Work, background: Background, run: () => Promise<Result>): Promise<Result> {
    if (!work.caller.trace.sampled) return inWork(work, run);
    return inWork(work, async () => this.deps.tracing.record(work, background, run));
  }

  /** Of an error that nobody foresaw. */
  report(error: unknown, work: Work, background: Background): void {
    const { requestId, trace } = work.caller;
    const place = { name: work.name, requestId, traceId: trace.traceId, fields: work.fields };
    this.deps.errors.report(error, place, background);
  }
}
