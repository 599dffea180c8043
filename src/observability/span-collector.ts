import type { LocalTrace, TraceFlushableSpanProcessor } from "@microlabs/otel-cf-workers";
import { currentWork, type Work } from "./work.ts";

export type RecordedSpan = LocalTrace["localRootSpan"];
type StartedSpan = Parameters<TraceFlushableSpanProcessor["onStart"]>[0];

/** Of one piece of work; more are dropped, and the root tells how many. */
const MOST_SPANS = 1_000;

/** Where the spans of a piece of work go, and what is known of its own, the root, when it ends. */
export interface SpanOutlet {
  /** Called when the work is done, and again for spans that ended later. Must not throw. */
  send: (spans: RecordedSpan[]) => void;
  started: (root: StartedSpan) => void;
  /** `dropped`: spans that were too many. */
  ended: (root: RecordedSpan, dropped: number) => void;
}

class Recording {
  readonly #outlet: SpanOutlet;
  #root: string | null = null;
  #done = false;
  #open = 0;
  #dropped = 0;
  #ended: RecordedSpan[] = [];

  constructor(outlet: SpanOutlet) {
    this.#outlet = outlet;
  }

  start(span: StartedSpan): void {
    this.#open += 1;
    if (this.#root !== null) return;
    this.#root = span.spanContext().spanId;
    this.#outlet.started(span);
  }

  end(span: RecordedSpan): void {
    this.#open -= 1;
    const root = span.spanContext().spanId === this.#root;
    if (root) this.#outlet.ended(span, this.#dropped);
    if (root || this.#ended.length < MOST_SPANS) this.#ended.push(span);
    else this.#dropped += 1;
    this.#done ||= root;
    if (root || (this.#done && this.#open === 0)) this.#send();
  }

  #send(): void {
    const spans = this.#ended;
    this.#ended = [];
    this.#outlet.send(spans);
  }
}

/**
 * Keeps the spans of each piece of work until it is done. A trace may have several at once in one isolate, and one may
 * end while what it left running goes on. Whatever never ends is let go of with the work itself.
 */
export class SpanCollector implements TraceFlushableSpanProcessor {
  readonly #ofWork = new WeakMap<Work, Recording>();
  readonly #ofSpan = new WeakMap<object, Recording>();

  /** The first span that starts in `work` is its root. */
  record(work: Work, outlet: SpanOutlet): void {
    this.#ofWork.set(work, new Recording(outlet));
  }

  onStart(span: StartedSpan): void {
    const work = currentWork();
    const recording = work === undefined ? undefined : this.#ofWork.get(work);
    if (recording === undefined) return;
    this.#ofSpan.set(span, recording);
    recording.start(span);
  }

  onEnd(span: RecordedSpan): void {
    this.#ofSpan.get(span)?.end(span);
  }

  /** Nothing waits for a flush: what ended is sent by itself. */
  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}
