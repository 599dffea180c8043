import { errorKind } from "../lib/error-kind.ts";
import { type MetricBuffer, type MetricDeltas, metrics } from "./metric-buffer.ts";

/** One hand-over of an isolate. Sent again until it is acknowledged, under the same number. */
export interface MetricReport {
  isolate: string;
  /** From 1, counting up. */
  seq: number;
  deltas: MetricDeltas;
}

/** So much that was counted does not wait until it is old. */
const MANY_EVENTS = 500;
/** An invocation lives no longer than that after its answer: what it promised to do by then is not coming. */
const INVOCATION_MS = 30_000;
/** What a hand-over may take of them. */
const SENDING_MS = 5_000;

/**
 * What an isolate has to hand over, and how far it is with it. Plain data: an invocation may be cut short, and whichever
 * comes next goes on.
 */
export class MetricOutbox {
  readonly buffer: MetricBuffer;
  /** Named when it first hands over: nothing random is to be had before. */
  isolate: string | null = null;
  unacknowledged: MetricReport | null = null;
  /** When what waits was first seen. */
  since: number | null = null;
  /** Until then somebody is handing over. */
  busyUntil = 0;
  /** Until then somebody is going to. */
  awaitedUntil = 0;
  #seq = 0;

  constructor(buffer: MetricBuffer) {
    this.buffer = buffer;
  }

  get isEmpty(): boolean {
    return this.unacknowledged === null && this.buffer.events === 0;
  }

  /** What is to be sent next; the same until it is acknowledged. null: nothing. */
  next(newId: () => string): MetricReport | null {
    if (this.isEmpty) return null;
    if (this.unacknowledged !== null) return this.unacknowledged;
    this.isolate ??= newId();
    this.#seq += 1;
    this.since = null;
    // Counted beforehand: where this arrives it was handed over.
    this.buffer.count("metrics_flushes_total", { result: "ok" });
    this.unacknowledged = { isolate: this.isolate, seq: this.#seq, deltas: this.buffer.drain() };
    return this.unacknowledged;
  }

  acknowledge({ seq }: MetricReport): void {
    if (this.unacknowledged?.seq === seq) this.unacknowledged = null;
  }
}

export interface MetricFlushDeps {
  outbox: MetricOutbox;
  /** Resolves once the deltas are in the totals for good. */
  send: (report: MetricReport) => Promise<void>;
  newId: () => string;
  now: () => number;
  sleep: (ms: number) => Promise<void>;
  /** null: never by itself. */
  everyMs: number | null;
  log: { event(name: string, fields: Record<string, string | number>): void };
}

/** Hands over what the isolate counted: when it is `everyMs` old, or much. */
export class MetricFlush {
  readonly #deps: MetricFlushDeps;

  constructor(deps: MetricFlushDeps) {
    this.#deps = deps;
  }

  /** To be called at the end of every invocation; `background` outlives it. */
  settle(background: (work: Promise<unknown>) => void): void {
    const { outbox, everyMs } = this.#deps;
    if (everyMs === null || outbox.isEmpty) return;
    const now = this.#deps.now();
    outbox.since ??= now;
    const restMs = outbox.since + everyMs - now;
    const much = outbox.buffer.events >= MANY_EVENTS && outbox.unacknowledged === null;
    if (restMs <= 0 || much) {
      if (now >= outbox.busyUntil) background(this.handOver());
    } else if (now >= outbox.awaitedUntil) {
      background(this.#handOverIn(restMs, everyMs));
    }
  }

  /** What was not acknowledged, then what was counted since; what fails is tried again with the next invocations. */
  async handOver(): Promise<void> {
    const { outbox, newId, now } = this.#deps;
    if (now() < outbox.busyUntil) return;
    outbox.busyUntil = now() + INVOCATION_MS;
    const older = outbox.unacknowledged !== null;
    const sent = await this.#send(outbox.next(newId));
    if (sent && older) await this.#send(outbox.next(newId));
    outbox.busyUntil = 0;
  }

  /** So that an isolate hands over that nobody calls any more: again, when it failed or somebody else was at it. */
  async #handOverIn(ms: number, everyMs: number): Promise<void> {
    const { outbox, sleep, now } = this.#deps;
    const lastAt = now() + INVOCATION_MS - SENDING_MS;
    for (let waitMs = ms; ; waitMs = Math.min(everyMs, lastAt - now())) {
      if (waitMs <= 0) return;
      outbox.awaitedUntil = now() + waitMs + INVOCATION_MS;
      await sleep(waitMs);
      outbox.awaitedUntil = 0;
      await this.handOver();
      if (outbox.isEmpty || now() < outbox.awaitedUntil) return;
    }
  }

  async #send(report: MetricReport | null): Promise<boolean> {
    if (report === null) return true;
    const { outbox, send, now, log } = this.#deps;
    try {
      await send(report);
      outbox.acknowledge(report);
      return true;
    } catch (error) {
      outbox.since = now();
      outbox.buffer.count("metrics_flushes_total", { result: "failed" });
      log.event("metrics_flush_failed", { error: errorKind(error), seq: report.seq });
      return false;
    }
  }
}

/** Of this isolate, as `metrics` is. */
export const outbox = new MetricOutbox(metrics);
