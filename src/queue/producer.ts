import { currentCaller } from "../observability/current-caller.ts";
import { span } from "../observability/span.ts";
import { type Outgoing, QUEUE_OF } from "./messages.ts";
import { envelopeOf } from "./trace-envelope.ts";

/** Of `sendBatch`; messages are references of well under a kilobyte, so that a hundred stay below its 256 KB. */
const MOST_PER_SEND = 100;
/** The longest delay that a queue takes. */
export const MOST_DELAY_SECONDS = 43_200;

interface QueueBinding {
  sendBatch(messages: { body: unknown }[], options: { delaySeconds: number }): Promise<unknown>;
}

export interface QueueBindings {
  enrichment: QueueBinding;
  exports: QueueBinding;
  events: QueueBinding;
}

/** Sends messages to the queue of their kind. Throws when a queue does not take them: some may have been sent. */
export class QueueProducer {
  readonly #queues: QueueBindings;

  constructor(queues: QueueBindings) {
    this.#queues = queues;
  }

  async send(messages: Outgoing[], delaySeconds = 0): Promise<void> {
    const options = { delaySeconds: Math.min(Math.max(0, Math.round(delaySeconds)), MOST_DELAY_SECONDS) };
    for (const name of ["enrichment", "exports", "events"] as const) {
      const own = messages.filter(({ type }) => QUEUE_OF[type] === name);
      for (let at = 0; at < own.length; at += MOST_PER_SEND) {
        await this.#sendBatch(name, own.slice(at, at + MOST_PER_SEND), options);
      }
    }
  }

  async #sendBatch(
    name: keyof QueueBindings,
    messages: Outgoing[],
    options: { delaySeconds: number },
  ): Promise<void> {
    const attributes = {
      "messaging.system": "cloudflare_queues",
      "messaging.destination.name": name,
      "messaging.batch.message_count": messages.length,
    };
    await span(`send ${name}`, { kind: "producer", attributes }, async () => {
      const envelope = envelopeOf(currentCaller());
      const bodies = messages.map((message) => ({ body: { v: 1, ...message, ...envelope } }));
      await this.#queues[name].sendBatch(bodies, options);
    });
  }
}
