import { backoffSeconds } from "../domain/jobs/backoff.ts";
import { errorKind } from "../lib/error-kind.ts";
import { Slots } from "../lib/slots.ts";
import type { Services } from "../services.ts";
import { buryLetter } from "./bury-letter.ts";
import { dispatch } from "./dispatch.ts";
import { QUEUE_NAMES, type QueueName } from "../domain/operations/queue-name.ts";
import { QueueMessage } from "./messages.ts";

/** The part of a platform's message that is used. */
type Delivered = Pick<Message, "id" | "body" | "attempts" | "timestamp" | "ack" | "retry">;

/** What a paused queue holds comes round once a minute. */
const PAUSE_SECONDS = 60;

interface Consumption {
  services: Services;
  /** null: a queue of which we know nothing. */
  queue: QueueName | null;
  slots: Slots;
}

/** Every message of a batch on its own, all at once: acknowledged when done, delivered again when something failed. */
export async function consume(
  services: Services,
  batch: { queue: string; messages: readonly Delivered[] },
): Promise<void> {
  const queue = QUEUE_NAMES.find((name) => name === batch.queue) ?? null;
  if (queue !== null && (await services.operations.pauses.isPaused(queue))) {
    await putBack(services, queue, batch.messages);
    return;
  }
  const slots = new Slots(services.config.batch.inFlight);
  await Promise.all(batch.messages.map(async (message) => settle({ services, queue, slots }, message)));
}

/** As new messages, so that however long the pause no attempt is used up. Throws: then all are delivered again. */
async function putBack(services: Services, queue: QueueName, messages: readonly Delivered[]): Promise<void> {
  const bodies = messages.map(({ body }) => body);
  await services.operations.queues.sendAgain(queue, bodies, PAUSE_SECONDS);
  for (const message of messages) message.ack();
  services.log.event("messages_put_back", { queue, messages: messages.length });
}

async function settle(consumption: Consumption, message: Delivered): Promise<void> {
  const { services, queue } = consumption;
  const started = services.now();
  const fields = { queue, message_id: message.id, attempt: message.attempts };
  try {
    const type = await process(consumption, message);
    message.ack();
    services.log.event("queue_message", { ...fields, type, ok: true, duration_ms: services.now() - started });
  } catch (error) {
    // Of the attempts so far the first was no repetition.
    const delaySeconds = Math.round(backoffSeconds(message.attempts - 1, Math.random()));
    message.retry({ delaySeconds });
    services.log.event("queue_message", {
      ...fields,
      ok: false,
      error: errorKind(error),
      retry_seconds: delaySeconds,
    });
  }
}

/** The kind of the message; null for one that can't be read, which is put away. */
async function process(
  { services, queue, slots }: Consumption,
  { id, body, timestamp }: Delivered,
): Promise<QueueMessage["type"] | null> {
  const parsed = QueueMessage.safeParse(body);
  const letter = { messageId: id, body, sentAt: timestamp };
  if (queue === "dead-letter") {
    await buryLetter(services, letter, parsed.data ?? null);
    return parsed.data?.type ?? null;
  }
  if (!parsed.success) {
    await services.jobs.deadLetters.keep({ ...letter, queue, reason: "unreadable" }, services.now());
    return null;
  }
  await dispatch(services, parsed.data, slots);
  return parsed.data.type;
}
