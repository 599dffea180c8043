import { trace as otel } from "@opentelemetry/api";
import { traceParent } from "./trace-context.ts";
import { type Caller, currentWork } from "./work.ts";

/** Who calls now, for what is called: the span under way is its parent. null outside of any work. */
export function currentCaller(): Caller | null {
  const caller = currentWork()?.caller;
  if (caller === undefined) return null;
  const spanId = caller.trace.sampled ? otel.getActiveSpan()?.spanContext().spanId : undefined;
  return spanId === undefined ? caller : { ...caller, trace: { ...caller.trace, spanId } };
}

/**
 * For calls of other companies' services. Only when the trace is recorded, and without `tracestate`, which belongs to
 * whoever called us.
 */
export function tracedHeaders(): Record<string, string> {
  const caller = currentWork()?.caller.trace.sampled === true ? currentCaller() : null;
  return caller === null ? {} : { traceparent: traceParent(caller.trace) };
}
