import { metrics } from "./metric-buffer.ts";
import type { Background } from "./tracing.ts";
import type { WorkFields, WorkKind } from "./work.ts";

/** Where an unexpected error happened. Ids and kinds only. */
export interface ErrorPlace {
  kind: WorkKind;
  /** The route, kind of message, job or object method. */
  name: string;
  requestId: string;
  traceId: string;
  fields: Readonly<WorkFields>;
}

/** Tells the error tracker what nobody foresaw. Never throws, and never sends a secret or a personal datum. */
export interface ErrorReporter {
  report(error: unknown, place: ErrorPlace, background: Background): void;
}

/** Without an error tracker they are counted, and logged by whoever met them. */
export const UNTRACKED_ERRORS: ErrorReporter = {
  report: () => metrics.count("errors_reported_total", { result: "untracked" }),
};
