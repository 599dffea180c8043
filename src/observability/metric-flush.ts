import type { MetricDeltas } from "./metric-buffer.ts";

export interface MetricFlushDeps {
  buffer: { readonly events: number; drain(): MetricDeltas };
  /** Resolves once the deltas are in the totals for good. */
  send: (report: { isolate: string; seq: number; deltas: MetricDeltas }) => Promise<void>;
  isolate: string;
  now: () => number;
  everyMs: number;
}

/** Hands over what the isolate counted: when it is `everyMs` old, or much. */
export class MetricFlush {
  readonly #deps: MetricFlushDeps;

  constructor(deps: MetricFlushDeps) {
    this.#deps = deps;
  }

  /** To be called at the end of every invocation; `background` outlives it. */
  settle(background: (work: Promise<unknown>) => void): void {
    void this.#deps;
    void background;
  }
}
