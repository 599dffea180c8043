import { instrument, OTLPExporter } from "@microlabs/otel-cf-workers";
import { errorKind } from "../lib/error-kind.ts";
import { describeError } from "./describe-error.ts";
import type { Logger } from "./logger.ts";
import { metrics } from "./metric-buffer.ts";
import { Once } from "./once.ts";
import { closeRoot, openRoot } from "./root-span.ts";
import { type RecordedSpan, SpanCollector } from "./span-collector.ts";
import { traceParent } from "./trace-context.ts";
import type { Background, Tracing } from "./tracing.ts";
import type { Work } from "./work.ts";

export interface OtelSettings {
  /** OTLP over HTTP, JSON: …/v1/traces. */
  url: string;
  headers: Record<string, string>;
  /** What is deployed. */
  version: string;
}

export interface OtelDeps {
  log: Pick<Logger, "event">;
  sleep: (ms: number, signal?: AbortSignal) => Promise<unknown>;
  now: () => number;
}

const SERVICE = "ma-intelligence-api";
const EXPORT_LIMIT_MS = 5_000;
/** What ends within this time is sent together: each sending costs more than making the spans. */
const HOLD_MS = 1_000;
const MOST_HELD = 500;
/** Whoever promised to send did not: its invocation was ended. */
const GIVEN_UP_MS = 2 * HOLD_MS;
/** Stands in for whatever work is recorded, so that requests, messages, jobs and objects are all recorded alike. */
const STAND_IN = "https://work.invalid/";

type StandIn = Request<unknown, IncomingRequestCfProperties>;
type Recorder = (request: StandIn, background: Background) => Promise<unknown>;

/** The package keeps its provider in the isolate's globals: one set-up serves all that runs there. */
class OtelIsolate {
  readonly spans = new SpanCollector();
  /** Of the collector. Every object that lives here has a sender of its own, and each outage is told once. */
  failing = false;
  /** It was told that the package failed. */
  broken = false;
  readonly #runs = new WeakMap<Request, () => Promise<void>>();
  #recorder: Recorder | null = null;

  recorder(version: string): Recorder {
    this.#recorder ??= this.#setUp(version);
    return this.#recorder;
  }

  standIn(work: Work, run: () => Promise<void>): StandIn {
    const { trace } = work.caller;
    const headers = { traceparent: traceParent({ ...trace, spanId: trace.parentId ?? trace.spanId }) };
    const request: StandIn = new Request(STAND_IN, { method: "POST", headers });
    this.#runs.set(request, run);
    return request;
  }

  #setUp(version: string): Recorder {
    const handler = instrument(
      {
        fetch: async (request) => {
          await this.#runs.get(request)?.();
          return new Response(null);
        },
      },
      {
        service: { name: SERVICE, version },
        spanProcessors: [this.spans],
        // Whether a trace is recorded is decided before it comes here.
        sampling: { headSampler: { ratio: 1 } },
        instrumentation: { instrumentGlobalFetch: false, instrumentGlobalCache: false },
      },
    );
    return async (request, background) => {
      // All that the package uses of a context.
      const context = { waitUntil: background } as ExecutionContext;
      return handler.fetch?.(request, {}, context);
    };
  }
}

const isolate = new OtelIsolate();

/** Records with @microlabs/otel-cf-workers, and sends what was recorded once the work is done. */
export class OtelTracing implements Tracing {
  readonly #deps: OtelDeps;
  readonly #version: string;
  readonly #exporter: OTLPExporter;
  #held: RecordedSpan[] = [];
  /** Until then somebody is going to send what is held. */
  #awaitedUntil = 0;

  constructor({ url, headers, version }: OtelSettings, deps: OtelDeps) {
    this.#deps = deps;
    this.#version = version;
    this.#exporter = new OTLPExporter({ url, headers });
  }

  async record<Result>(work: Work, background: Background, run: () => Promise<Result>): Promise<Result> {
    const once = new Once(run);
    try {
      await this.#recorded(work, background, once);
    } catch (error) {
      // It is no reason to fail the work, which may be done by now, or is done without it.
      if (!isolate.broken) this.#deps.log.event("trace_not_recorded", { error: errorKind(error) });
      isolate.broken = true;
    }
    return once.result();
  }

  async #recorded(work: Work, background: Background, once: Once<unknown>): Promise<void> {
    isolate.spans.record(work, {
      started: (root) => openRoot(root, work),
      ended: (root, dropped) => {
        const error = once.outcome?.ok === false ? describeError(once.outcome.error) : null;
        closeRoot(root, work, { dropped, error });
      },
      send: (spans) => this.#hold(spans, background),
    });
    const standIn = isolate.standIn(work, async () => {
      await once.settle();
    });
    await isolate.recorder(this.#version)(standIn, background);
  }

  #hold(spans: RecordedSpan[], background: Background): void {
    const { now, sleep } = this.#deps;
    this.#held.push(...spans);
    if (this.#held.length >= MOST_HELD) return background(this.#send());
    if (now() < this.#awaitedUntil) return undefined;
    this.#awaitedUntil = now() + GIVEN_UP_MS;
    return background(sleep(HOLD_MS).then(async () => this.#send()));
  }

  async #send(): Promise<void> {
    const spans = this.#held;
    this.#held = [];
    this.#awaitedUntil = 0;
    if (spans.length === 0) return;
    const clock = new AbortController();
    const late = this.#deps.sleep(EXPORT_LIMIT_MS, clock.signal).then(
      () => "TimeoutError",
      () => null,
    );
    const error = await Promise.race([this.#export(spans), late]);
    clock.abort();
    metrics.count("trace_exports_total", { result: error === null ? "ok" : "failed" });
    // Once per outage, not once per trace.
    if (error !== null && !isolate.failing) this.#deps.log.event("trace_export_failed", { error });
    isolate.failing = error !== null;
  }

  async #export(spans: RecordedSpan[]): Promise<string | null> {
    return new Promise((resolve) => {
      this.#exporter.export(spans, ({ error }) => resolve(error === undefined ? null : errorKind(error)));
    });
  }
}
