import { SpanKind as OtelKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { errorKind } from "../lib/error-kind.ts";
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
  return tracer.startActiveSpan(name, { kind: KINDS[kind], attributes }, async (active) => {
    try {
      return await work();
    } catch (error) {
      // The kind only: a message may quote what was sent.
      active.setStatus({ code: SpanStatusCode.ERROR, message: errorKind(error) });
      throw error;
    } finally {
      active.end();
    }
  });
}

/** Adds to the span under way what is only known within it; as `span`, it costs nothing where none is recorded. */
export function annotateSpan(attributes: SpanAttributes): void {
  if (currentWork()?.caller.trace.sampled === true) trace.getActiveSpan()?.setAttributes(attributes);
}
