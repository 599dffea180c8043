import type { Random } from "../../../../local/sandbox/world/random.ts";
import { LeaseBook, type Standing } from "../../../../src/domain/limits/lease-book.ts";
import {
  type LimitWindow,
  newWindowState,
  takeBack,
  takePermits,
  type WindowState,
} from "../../../../src/domain/limits/sliding-window.ts";

interface Isolate {
  book: LeaseBook;
  /** Its clock is this much ahead of the counter's. */
  skewMs: number;
}

interface Event {
  at: number;
  run: () => void;
}

/** One counter and the isolates that spend from it, with clocks that differ and a network that takes its time. */
export class SimulatedIsolates {
  readonly #window: LimitWindow;
  readonly #random: Random;
  readonly #isolates: Isolate[];
  readonly #events: Event[] = [];
  #state: WindowState = newWindowState();
  #leases = 0;
  /** When each admission was decided, by the counter's clock. */
  readonly admitted: number[] = [];
  refused = 0;
  asked = 0;

  constructor(window: LimitWindow, isolates: number, random: Random) {
    this.#window = window;
    this.#random = random;
    this.#isolates = Array.from({ length: isolates }, () => ({
      book: new LeaseBook(),
      skewMs: Math.round(random.between(-500, 500)),
    }));
  }

  request(at: number, isolate: number): void {
    this.#plan(at, () => this.#arrive(at, isolate));
  }

  /** The counter loses its memory and starts again from what it stored. */
  evict(at: number): void {
    this.#plan(at, () => {
      this.#state = structuredClone(this.#state);
    });
  }

  run(): void {
    for (let next = this.#events.pop(); next !== undefined; next = this.#events.pop()) next.run();
  }

  /** Latest first; of events at the same moment the earlier planned comes first. */
  #plan(at: number, run: () => void): void {
    let [low, high] = [0, this.#events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#events[middle]?.at ?? 0) > at) low = middle + 1;
      else high = middle;
    }
    this.#events.splice(low, 0, { at, run });
  }

  #arrive(at: number, index: number): void {
    const isolate = this.#isolates[index];
    if (isolate === undefined) throw new Error(`no isolate ${index}`);
    const { book, skewMs } = isolate;
    const sentAt = at + skewMs;
    const held = book.spend("subject", this.#window, sentAt);
    if (held !== null) return this.#count(held, at);
    const question = book.ask("subject", this.#window, sentAt);
    this.asked += 1;
    const there = at + Math.round(this.#random.between(0, 60));
    const back = there + Math.round(this.#random.between(0, 60));
    this.#plan(there, () => {
      const { window, want, refunds } = question.request;
      const early = takeBack(this.#state, refunds, there);
      this.#leases += 1;
      const leaseId = `lease ${this.#leases}`;
      const grant = takePermits(this.#state, window, { now: there, want, leaseId });
      const reply = { ...grant, leaseId, early };
      this.#plan(back, () => {
        this.#count(book.note("subject", question, { reply, sentAt, now: back + skewMs }), there);
      });
    });
  }

  #count(standing: Standing, at: number): void {
    if (standing.admitted) this.admitted.push(at);
    else this.refused += 1;
  }
}
