import { type LoopbackServer, startLoopbackServer } from "./loopback-server.ts";
import { readExport, type SinkSpan } from "./otlp-spans.ts";

/** Older ones go. */
const MOST_TRACES = 1_000;
const TRACE = /^\/traces\/([0-9a-f]{32})$/;

export interface OtlpSink extends LoopbackServer {
  /** Of `TRACES_URL`. */
  tracesUrl: string;
  /** By trace id, in the order in which they came. */
  traces: ReadonlyMap<string, SinkSpan[]>;
}

/**
 * Stands for a collector: takes `POST /v1/traces` in JSON and keeps it in memory. `GET /traces` names the traces,
 * `GET /traces/<id>` gives the spans of one. `onSpans` hears of each trace to which spans were added.
 */
export async function startOtlpSink(options: {
  port: number;
  onSpans?: (traceId: string) => void;
}): Promise<OtlpSink> {
  const traces = new Map<string, SinkSpan[]>();
  const take = (body: string): object => {
    for (const span of readExport(body)) {
      traces.set(span.traceId, [...(traces.get(span.traceId) ?? []), span]);
      options.onSpans?.(span.traceId);
    }
    for (const oldest of traces.keys()) {
      if (traces.size <= MOST_TRACES) break;
      traces.delete(oldest);
    }
    return {};
  };
  const server = await startLoopbackServer(options.port, ({ method, path, body }) => {
    if (method === "POST" && path === "/v1/traces") return take(body);
    if (path === "/traces") return { traces: [...traces.keys()] };
    const traceId = TRACE.exec(path)?.[1];
    return traceId === undefined ? null : { spans: traces.get(traceId) ?? [] };
  });
  return { ...server, tracesUrl: `${server.url}/v1/traces`, traces };
}
