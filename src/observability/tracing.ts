import type { Work } from "./work.ts";

export type Background = (work: Promise<unknown>) => void;

/** Records a piece of work whose trace is sampled, with the spans in it, and sends them to the collector. */
export interface Tracing {
  record<Result>(work: Work, background: Background, run: () => Promise<Result>): Promise<Result>;
}

export const NO_TRACING: Tracing = { record: async (_work, _background, run) => run() };
