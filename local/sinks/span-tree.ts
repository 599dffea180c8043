import type { SinkSpan } from "./otlp-spans.ts";

const FAILED = 2;

function line(span: SinkSpan, depth: number): string {
  const failed = span.status.code === FAILED ? `  failed: ${span.status.message}` : "";
  return `${"  ".repeat(depth)}${span.name}  ${span.durationMs} ms${failed}`;
}

/** One line per span, under the span that called it; a span whose caller was not recorded here stands on its own. */
export function spanTree(spans: SinkSpan[]): string[] {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const inOrder = spans.toSorted((a, b) => a.startMs - b.startMs);
  const under = (parent: string | null, depth: number): string[] =>
    inOrder
      .filter(({ parentSpanId }) =>
        parent === null ? parentSpanId === null || !ids.has(parentSpanId) : parentSpanId === parent,
      )
      .flatMap((span) => [line(span, depth), ...under(span.spanId, depth + 1)]);
  return under(null, 0);
}
