import { z } from "zod";

const AttributeValue = z.union([
  z.object({ stringValue: z.string() }).transform(({ stringValue }) => stringValue),
  z.object({ intValue: z.union([z.number(), z.string()]) }).transform(({ intValue }) => Number(intValue)),
  z.object({ doubleValue: z.number() }).transform(({ doubleValue }) => doubleValue),
  z.object({ boolValue: z.boolean() }).transform(({ boolValue }) => boolValue),
]);

const Attributes = z
  .array(z.object({ key: z.string(), value: AttributeValue }))
  .transform((list) => Object.fromEntries(list.map(({ key, value }) => [key, value])));

const Span = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().default(""),
  name: z.string(),
  kind: z.number(),
  startTimeUnixNano: z.string(),
  endTimeUnixNano: z.string(),
  attributes: Attributes,
  status: z.object({ code: z.number().default(0), message: z.string().default("") }),
});

/** What a collector is sent: OTLP over HTTP in JSON. */
const Export = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: Attributes }),
      scopeSpans: z.array(z.object({ spans: z.array(Span) })),
    }),
  ),
});

const NANOS_PER_MS = 1_000_000n;

function readSpan(span: z.infer<typeof Span>, resource: Record<string, string | number | boolean>) {
  const { startTimeUnixNano, endTimeUnixNano, parentSpanId, ...rest } = span;
  const startMs = Number(BigInt(startTimeUnixNano) / NANOS_PER_MS);
  const durationMs = Number(BigInt(endTimeUnixNano) / NANOS_PER_MS) - startMs;
  return { ...rest, parentSpanId: parentSpanId === "" ? null : parentSpanId, resource, startMs, durationMs };
}

export type SinkSpan = ReturnType<typeof readSpan>;

/** Throws when the body is no export of spans. */
export function readExport(body: string): SinkSpan[] {
  return Export.parse(JSON.parse(body)).resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) => spans.map((span) => readSpan(span, resource.attributes))),
  );
}
