import type { WorkFields } from "./work.ts";

/** Where an unexpected error happened. Ids and kinds only. */
export interface ErrorPlace {
  /** The route, kind of message, job or object method. */
  name: string;
  requestId: string;
  traceId: string;
  fields: WorkFields;
}

/** Tells the error tracker what nobody foresaw. Never throws, and never sends a secret or a personal datum. */
export interface ErrorReporter {
  report(error: unknown, place: ErrorPlace, background: (work: Promise<unknown>) => void): void;
}

export const NO_ERROR_REPORTER: ErrorReporter = { report: () => undefined };
