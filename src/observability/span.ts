import { SpanKind as OtelKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { errorKind } from "../lib/error-kind.ts";
import { describeError } from "./describe-error.ts";
import { Once } from "./once.ts";
import { currentWork } from "./work.ts";

export type SpanKind = "internal" | "client" | "producer";
export type SpanAttributes = Record<string, string | number | boolean>;

export interface SpanOptions {
  kind: SpanKind;
  /** Never a personal datum, a secret or a query string. */
  attributes?: SpanAttributes;
}

const KINDS: Record<SpanKind, OtelKind> = {
  internal: OtelKind.INTERNAL,
  client: OtelKind.CLIENT,
  producer: OtelKind.PRODUCER,
};

/** Runs `work` as a span of the trace under way; where none is being recorded it costs nothing. */
export async function span<Result>(
  name: string,
  options: SpanOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  const recorded = currentWork()?.caller.trace.sampled === true && trace.getActiveSpan() !== undefined;
  return recorded ? recordedSpan(name, options, work) : work();
}

async function recordedSpan<Result>(
  name: string,
  { kind, attributes = {} }: SpanOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  const tracer = trace.getTracer("ma-intelligence-api");
  const once = new Once(work);
  try {
    await tracer.startActiveSpan(name, { kind: KINDS[kind], attributes }, async (active) => {
      const outcome = await once.settle();
      // No message of others: it may quote what was sent.
      if (!outcome.ok)
        active.setStatus({ code: SpanStatusCode.ERROR, message: describeError(outcome.error) });
      active.end();
    });
  } catch (error) {
    // A span that can't be made or ended costs its trace, never the work.
    currentWork()?.add({ span_lost: errorKind(error) });
  }
  return once.result();
}

/** Adds to the span under way what is only known within it; as `span`, it costs nothing where none is recorded. */
export function annotateSpan(attributes: SpanAttributes): void {
  if (currentWork()?.caller.trace.sampled === true) trace.getActiveSpan()?.setAttributes(attributes);
}
