import type { ObservabilityConfig } from "../config/observability-config.ts";
import type { ErrorReporter } from "./error-reporter.ts";
import type { Logger } from "./logger.ts";
import type { MetricFlush } from "./metric-flush.ts";
import type { RandomHex } from "../lib/random-hex.ts";
import { isExpected } from "./is-expected.ts";
import { isSampled, newTraceContext } from "./trace-context.ts";
import type { Background, Tracing } from "./tracing.ts";
import type { UsagePoints } from "./usage-points.ts";
import { type Caller, inWork, type TraceContext, Work, type WorkKind } from "./work.ts";

export interface TelemetryDeps {
  config: ObservabilityConfig;
  log: Logger;
  flush: MetricFlush;
  tracing: Tracing;
  errors: ErrorReporter;
  usage: UsagePoints;
  now: () => number;
  ids: Pick<RandomHex, "take">;
  /** Of the shares of traces and lines that are kept. */
  salt: number;
}

/** A message, a run of a job or a call of an object. `caller`: who handed it over; nothing when nobody did, or did not say. */
export interface Entry {
  kind: WorkKind;
  name: string;
  caller: Caller | null | undefined;
}

const REQUEST_ID_BYTES = 16;

/** What every entry point uses: HTTP, queue, cron and Durable Objects. */
export class Telemetry {
  readonly deps: TelemetryDeps;

  constructor(deps: TelemetryDeps) {
    this.deps = deps;
  }

  /** Who works, in a trace of our own or in the caller's. A stranger's wish to be recorded is not heard. */
  callerOf(requestId: string, parent: TraceContext | null): Caller {
    const { config, ids, salt } = this.deps;
    const trace = newTraceContext(parent, false, ids);
    trace.sampled = config.traces !== null && isSampled(trace.traceId, config.traces.sample, salt);
    return { requestId, trace };
  }

  /** The same trace and request, at somebody to whom our own code handed them. */
  calleeOf(caller: Caller): Caller {
    const { trace, requestId } = caller;
    return { requestId, trace: newTraceContext(trace, trace.sampled, this.deps.ids) };
  }

  work(kind: WorkKind, name: string, caller: Caller): Work {
    return new Work(kind, name, caller);
  }

  /** What nobody handed over: of a request and a trace of its own. */
  newWork(kind: WorkKind, name: string): Work {
    const requestId = `req_${this.deps.ids.take(REQUEST_ID_BYTES)}`;
    return this.work(kind, name, this.callerOf(requestId, null));
  }

  async run<Result>(work: Work, background: Background, run: () => Promise<Result>): Promise<Result> {
    if (!work.caller.trace.sampled) return inWork(work, run);
    return inWork(work, async () => this.deps.tracing.record(work, background, run));
  }

  /** Whatever comes in by another way than HTTP, as work of its own; what it counted is handed over at its end. */
  async enter<Result>(
    { kind, name, caller }: Entry,
    background: Background,
    run: (work: Work) => Promise<Result>,
  ): Promise<Result> {
    const { config, flush } = this.deps;
    // What was deployed before us sends none: its argument is missing rather than null.
    const own = caller === null || caller === undefined ? null : this.calleeOf(caller);
    const work = own === null ? this.newWork(kind, name) : this.work(kind, name, own);
    if (!config.enabled) return run(work);
    try {
      return await this.run(work, background, async () => run(work));
    } finally {
      for (const error of work.overcome) this.report(error, work, background);
      flush.settle(background);
    }
  }

  /**
   * Tells the error tracker, unless the error is one that happens now and then and is tried again. Of several at once,
   * each on its own.
   */
  report(error: unknown, work: Work, background: Background): void {
    if (error instanceof AggregateError) {
      for (const one of error.errors) this.report(one, work, background);
      return;
    }
    if (isExpected(error)) return;
    const { requestId, trace } = work.caller;
    const place = {
      kind: work.kind,
      name: work.name,
      requestId,
      traceId: trace.traceId,
      fields: work.fields,
    };
    this.deps.errors.report(error, place, background);
  }
}
