import type { QueueGauge } from "../domain/operations/ports.ts";
import type { QueueName } from "../domain/operations/queue-name.ts";
import { errorKind } from "../lib/error-kind.ts";

/** Of `sendBatch`, which takes 256 KB too; our messages are references, and what is none was small enough to be sent. */
const MOST_PER_SEND = 100;

const UNKNOWN: QueueGauge = { backlogCount: null, backlogBytes: null, oldestMessageAt: null };

interface Log {
  event(name: string, fields: Record<string, string>): void;
}

/** The queues themselves, whatever they carry. */
export class QueueControl {
  readonly #queues: Record<QueueName, Queue>;
  readonly #log: Log;

  constructor(queues: Record<QueueName, Queue>, log: Log) {
    this.#queues = queues;
    this.#log = log;
  }

  /** Never throws: an operator who looks at a broken queue wants to see the rest. */
  async gauge(name: QueueName): Promise<QueueGauge> {
    try {
      const { backlogCount, backlogBytes, oldestMessageTimestamp } = await this.#queues[name].metrics();
      const oldestMessageAt = oldestMessageTimestamp?.toISOString() ?? null;
      return { backlogCount, backlogBytes, oldestMessageAt };
    } catch (error) {
      this.#log.event("queue_unmeasured", { queue: name, error: errorKind(error) });
      return UNKNOWN;
    }
  }

  /** Throws when the queue can't be asked. */
  async reach(name: QueueName): Promise<void> {
    await this.#queues[name].metrics();
  }

  /** The same bodies as new messages, with all their attempts before them. Throws: some may have been sent. */
  async sendAgain(name: QueueName, bodies: readonly unknown[], delaySeconds: number): Promise<void> {
    for (let at = 0; at < bodies.length; at += MOST_PER_SEND) {
      const messages = bodies.slice(at, at + MOST_PER_SEND).map((body) => ({ body }));
      await this.#queues[name].sendBatch(messages, { delaySeconds });
    }
  }
}
