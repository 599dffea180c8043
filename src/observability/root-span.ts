import { type Span, SpanKind, SpanStatusCode } from "@opentelemetry/api";
import type { RecordedSpan } from "./span-collector.ts";
import type { Work, WorkKind } from "./work.ts";

const KINDS: Record<WorkKind, SpanKind> = {
  request: SpanKind.SERVER,
  message: SpanKind.CONSUMER,
  cron: SpanKind.INTERNAL,
  object: SpanKind.SERVER,
};

type Attributes = Record<string, string | number | boolean>;

function attributesOf(work: Work): Attributes {
  const attributes: Attributes = { "ma.work": work.kind, "ma.request_id": work.caller.requestId };
  for (const [name, value] of Object.entries(work.fields)) {
    if (value !== null) attributes[`ma.${name}`] = value;
  }
  if (work.kind === "message") attributes["messaging.system"] = "cloudflare_queues";
  if (work.kind !== "request") return attributes;
  const [method = "", route = ""] = work.name.split(" ");
  const { status } = work.fields;
  return {
    ...attributes,
    "http.request.method": method,
    "http.route": route,
    ...(typeof status === "number" ? { "http.response.status_code": status } : {}),
  };
}

/** Why it failed, for its status; null: it didn't. */
function failureOf({ fields }: Work): string | null {
  const { status, ok, error } = fields;
  const failed = ok === false || (typeof status === "number" && status >= 500);
  if (!failed) return null;
  return typeof error === "string" ? error : "failed";
}

/** The package gives every trace a parent; ours that begin one have none. */
export function openRoot(span: Span, work: Work): void {
  const { trace } = work.caller;
  trace.spanId = span.spanContext().spanId;
  if (trace.parentId === null) Object.assign(span, { parentSpanId: undefined, parentSpanContext: undefined });
}

/** Tells of the work what it was, in place of what the package knows of the request that stood in for it. */
export function closeRoot(
  span: RecordedSpan,
  work: Work,
  end: { dropped: number; error: string | null },
): void {
  const attributes = attributesOf(work);
  if (end.dropped > 0) attributes["ma.spans_dropped"] = end.dropped;
  const message = end.error ?? failureOf(work);
  const status = message === null ? { code: SpanStatusCode.UNSET } : { code: SpanStatusCode.ERROR, message };
  Object.assign(span, { name: work.name, kind: KINDS[work.kind], attributes, status });
}
