import { AsyncLocalStorage } from "node:async_hooks";
import { QueryTally } from "./query-tally.ts";

/** W3C Trace Context: where a piece of work stands in its trace. */
export interface TraceContext {
  /** 32 hexadecimal digits. */
  traceId: string;
  /** Of the span that what is done now belongs to; 16 hexadecimal digits. */
  spanId: string;
  /** The span it was called from; null: the trace begins here. */
  parentId: string | null;
  sampled: boolean;
  /** `tracestate`, handed on as it came. */
  state: string | null;
}

export type WorkKind = "request" | "message" | "cron" | "object";
export type WorkFields = Record<string, string | number | boolean | null>;

/** What crosses a queue or an object's RPC, so that what is done there belongs to the same trace and request. */
export interface Caller {
  requestId: string;
  trace: TraceContext;
}

/**
 * One invocation: a request, a message, a run of a job, a call of a Durable Object. Whoever works for it adds what the
 * one line in the log at its end is to say.
 */
export class Work {
  readonly kind: WorkKind;
  /** The route as registered, the kind of message, the job, or the object's class and method. */
  name: string;
  readonly caller: Caller;
  readonly queries = new QueryTally();
  readonly #fields: WorkFields[] = [];
  #overcome: unknown[] | null = null;

  constructor(kind: WorkKind, name: string, caller: Caller) {
    this.kind = kind;
    this.name = name;
    this.caller = caller;
  }

  /** Put together when somebody asks: of most work nobody does. */
  get fields(): Readonly<WorkFields> {
    return Object.assign({}, ...this.#fields) as WorkFields; // as added
  }

  /** Ids, counts and kinds; never a personal datum, a token or a body. */
  add(fields: WorkFields): void {
    this.#fields.push(fields);
  }

  /** What was caught on the way: the work goes on, and who must mend the code is told at its end. */
  get overcome(): readonly unknown[] {
    return this.#overcome ?? [];
  }

  overcame(error: unknown): void {
    (this.#overcome ??= []).push(error);
  }
}

const store = new AsyncLocalStorage<Work>();

/** undefined outside of any, and while observability is off. */
export function currentWork(): Work | undefined {
  return store.getStore();
}

/** Tells of an error that was caught, to whatever work is going on. Requests report theirs by themselves. */
export function overcame(error: unknown): void {
  currentWork()?.overcame(error);
}

export function inWork<Result>(work: Work, run: () => Result): Result {
  return store.run(work, run);
}
