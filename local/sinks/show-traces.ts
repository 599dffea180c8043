import { parseArgs } from "node:util";
import { startOtlpSink } from "./otlp-sink.ts";
import { spanTree } from "./span-tree.ts";

/** Nobody says when a trace is complete: it is shown when nothing was added to it for this long. */
const QUIET_MS = 2_000;

const { values } = parseArgs({ options: { port: { type: "string", default: "4318" } } });
const waiting = new Map<string, NodeJS.Timeout>();

const sink = await startOtlpSink({
  port: Number(values.port),
  onSpans: (traceId) => {
    clearTimeout(waiting.get(traceId));
    waiting.set(
      traceId,
      setTimeout(() => {
        waiting.delete(traceId);
        const tree = spanTree(sink.traces.get(traceId) ?? []);
        process.stdout.write(`trace ${traceId}\n${tree.map((line) => `  ${line}\n`).join("")}`);
      }, QUIET_MS),
    );
  },
});
process.stdout.write(`Traces are taken at ${sink.tracesUrl}\n`);
