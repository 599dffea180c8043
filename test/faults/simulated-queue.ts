import { env } from "cloudflare:workers";
import { vi } from "vitest";
import { CONSUMERS } from "../../src/domain/operations/consumer-settings.ts";
import { QUEUE_NAMES, type QueueName } from "../../src/domain/operations/queue-name.ts";
import { QUEUE_OF, QueueMessage } from "../../src/queue/messages.ts";
import type { Random } from "../../local/sandbox/world/random.ts";
import type { Plan } from "./plan.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** A message on its way. */
export interface Letter {
  id: string;
  queue: QueueName;
  body: unknown;
  /** Deliveries, the next one included. */
  attempts: number;
  dueAt: number;
  sentAt: Date;
}

/** A letter in a consumer's hands, and what he said of it. */
export interface Handed {
  letter: Letter;
  verdict: { kind: "acked" } | { kind: "retried"; delaySeconds: number } | null;
}

type Rates = Pick<Plan, "duplicateRate" | "lossRate" | "sendFaultRate" | "batchSize">;

/** In place of all queues: delivers at least once, in any order, as often as wrangler.toml says, when the clock says so. */
export class SimulatedQueue {
  letters: Letter[] = [];
  /** Faults happen while it is. */
  armed = false;
  readonly #rates: Rates;
  readonly #random: Random;
  readonly #clock: VirtualClock;
  readonly #trace: string[];
  #sent = 0;

  constructor(rates: Rates, deps: { random: Random; clock: VirtualClock; trace: string[] }) {
    this.#rates = rates;
    this.#random = deps.random;
    this.#clock = deps.clock;
    this.#trace = deps.trace;
  }

  /** All that the Worker and its objects send comes here, until the mocks are restored. */
  install(): void {
    const bindings: { sendBatch: Queue["sendBatch"] } = Object.getPrototypeOf(env.ENRICHMENT_QUEUE);
    vi.spyOn(bindings, "sendBatch").mockImplementation(async (messages, options) => {
      this.#take(
        Array.from(messages, ({ body }) => body),
        options?.delaySeconds ?? 0,
      );
      return { metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } };
    });
  }

  get nextAt(): number | null {
    return this.letters.length === 0 ? null : Math.min(...this.letters.map(({ dueAt }) => dueAt));
  }

  /** Some of the letters that are due, of one queue; none when none is. */
  hand(): Handed[] {
    const due = this.letters.filter(({ dueAt }) => dueAt <= this.#clock.now());
    const queues = QUEUE_NAMES.filter((name) => due.some(({ queue }) => queue === name));
    const [first, ...others] = queues;
    if (first === undefined) return [];
    const queue = this.#random.pick([first, ...others]);
    const handed: Handed[] = [];
    const waiting = due.filter((letter) => letter.queue === queue);
    while (waiting.length > 0 && handed.length < this.#rates.batchSize) {
      const [letter] = waiting.splice(this.#random.int(0, waiting.length - 1), 1);
      if (letter !== undefined) handed.push({ letter, verdict: null });
    }
    this.letters = this.letters.filter((letter) => !handed.some((one) => one.letter === letter));
    return handed;
  }

  /** What the platform makes of a batch. Of a killed consumer what he acknowledged may be forgotten. */
  settle(handed: Handed[], killed: boolean): void {
    for (const { letter, verdict } of handed) {
      const heard = killed && this.#random.chance(0.5) ? null : verdict;
      if (heard?.kind === "retried") this.#again(letter, heard.delaySeconds);
      else if (heard === null && killed) this.#again(letter, this.#random.int(0, 20));
      else if (this.armed && this.#random.chance(this.#rates.duplicateRate))
        this.letters.push({ ...letter, dueAt: this.#clock.now() + this.#random.int(0, 30_000) });
    }
  }

  #again(letter: Letter, delaySeconds: number): void {
    const { maxRetries, deadLetterQueue } = CONSUMERS.local[letter.queue];
    const dueAt = this.#clock.now() + delaySeconds * 1_000;
    if (letter.attempts <= maxRetries) {
      this.letters.push({ ...letter, attempts: letter.attempts + 1, dueAt });
      return;
    }
    this.#trace.push(`${this.#clock.stamp()}   dead: ${describe(letter.body)}`);
    if (deadLetterQueue !== null) this.#push(deadLetterQueue, letter.body, 0);
  }

  #take(bodies: unknown[], delaySeconds: number): void {
    const fault = this.armed && this.#random.chance(this.#rates.sendFaultRate);
    const taken = fault ? this.#random.int(0, bodies.length) : bodies.length;
    for (const body of bodies.slice(0, taken)) {
      const queue = QUEUE_OF[QueueMessage.parse(body).type];
      const lost = this.armed && this.#random.chance(this.#rates.lossRate);
      if (lost) this.#trace.push(`${this.#clock.stamp()}   lost: ${describe(body)}`);
      else this.#push(queue, body, delaySeconds);
      if (this.armed && this.#random.chance(this.#rates.duplicateRate)) this.#push(queue, body, delaySeconds);
    }
    if (!fault) return;
    this.#trace.push(`${this.#clock.stamp()}   queue took ${taken} of ${bodies.length} and failed`);
    throw new Error("queue unavailable");
  }

  #push(queue: QueueName, body: unknown, delaySeconds: number): void {
    const now = this.#clock.now();
    this.#sent += 1;
    const id = `message-${this.#clock.startedAt}-${this.#sent}`;
    const dueAt = now + delaySeconds * 1_000;
    this.letters.push({ id, queue, body, attempts: 1, dueAt, sentAt: new Date(now) });
  }
}

/** For people: `task.chunk tsk_… 0`. */
export function describe(body: unknown): string {
  const { v: _, ...fields } = QueueMessage.parse(body);
  return Object.values(fields).join(" ");
}

/** As the platform hands it to a consumer. */
export function messageOf(handed: Handed) {
  const { id, body, attempts, sentAt } = handed.letter;
  return {
    id,
    body: structuredClone(body),
    attempts,
    timestamp: sentAt,
    ack: () => {
      handed.verdict ??= { kind: "acked" };
    },
    retry: (options?: QueueRetryOptions) => {
      handed.verdict ??= { kind: "retried", delaySeconds: options?.delaySeconds ?? 0 };
    },
  };
}
