import { z } from "zod";
import { readTraceParent, traceParent } from "../observability/trace-context.ts";
import type { Caller } from "../observability/work.ts";

const Envelope = z.object({
  _trace: z.object({
    traceparent: z.string(),
    tracestate: z.string().optional(),
    request_id: z.string().max(128),
  }),
});

export type TraceEnvelope = z.infer<typeof Envelope>;

/** What a message carries beside what it asks for: who sent it, in which trace. Nothing when nobody is known. */
export function envelopeOf(caller: Caller | null): TraceEnvelope | Record<string, never> {
  if (caller === null) return {};
  const { trace, requestId } = caller;
  const state = trace.state === null ? {} : { tracestate: trace.state };
  return { _trace: { traceparent: traceParent(trace), ...state, request_id: requestId } };
}

/** null: the message is older than envelopes are, or somebody else wrote it. */
export function senderOf(body: unknown): Caller | null {
  const { data } = Envelope.safeParse(body);
  if (data === undefined) return null;
  const { traceparent, tracestate = null, request_id: requestId } = data._trace;
  const trace = readTraceParent(traceparent, tracestate);
  return trace === null ? null : { requestId, trace };
}
