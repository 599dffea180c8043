import { backoffSeconds } from "../domain/jobs/backoff.ts";
import { Slots } from "../lib/slots.ts";
import { describeError } from "../observability/describe-error.ts";
import type { Background } from "../observability/tracing.ts";
import { tellWork } from "../observability/wide-event.ts";
import type { Work } from "../observability/work.ts";
import type { Services } from "../services.ts";
import { buryLetter } from "./bury-letter.ts";
import { countMessage } from "./count-message.ts";
import { dispatch } from "./dispatch.ts";
import { keepLetter } from "./keep-letter.ts";
import { QUEUE_NAMES, type QueueName } from "../domain/operations/queue-name.ts";
import { MessageType, QueueMessage } from "./messages.ts";
import { senderOf } from "./trace-envelope.ts";

/** The part of a platform's message that is used. */
type Delivered = Pick<Message, "id" | "body" | "attempts" | "timestamp" | "ack" | "retry">;

/** What a paused queue holds comes round once a minute. */
const PAUSE_SECONDS = 60;

interface Consumption {
  services: Services;
  /** null: a queue of which we know nothing. */
  queue: QueueName | null;
  slots: Slots;
  background: Background;
}

/** Every message of a batch on its own, all at once: acknowledged when done, delivered again when something failed. */
export async function consume(
  services: Services,
  batch: { queue: string; messages: readonly Delivered[] },
  background: Background,
): Promise<void> {
  const queue = QUEUE_NAMES.find((name) => name === batch.queue) ?? null;
  if (queue !== null && (await services.operations.pauses.isPaused(queue))) {
    await putBack(services, queue, batch.messages).finally(() =>
      services.telemetry.deps.flush.settle(background),
    );
    return;
  }
  const slots = new Slots(services.config.batch.inFlight);
  const consumption = { services, queue, slots, background };
  await Promise.all(
    batch.messages.map(async (message) => {
      const entry = { kind: "message", name: typeOf(message.body), caller: senderOf(message.body) } as const;
      await services.telemetry.enter(entry, background, async (work) => settle(consumption, message, work));
    }),
  );
}

/** As new messages, so that however long the pause no attempt is used up. Throws: then all are delivered again. */
async function putBack(services: Services, queue: QueueName, messages: readonly Delivered[]): Promise<void> {
  const bodies = messages.map(({ body }) => body);
  try {
    await services.operations.queues.sendAgain(queue, bodies, PAUSE_SECONDS);
  } catch (error) {
    services.log.event("messages_not_put_back", {
      queue,
      messages: messages.length,
      error: describeError(error),
    });
    throw error;
  }
  for (const message of messages) message.ack();
  services.log.event("messages_put_back", { queue, messages: messages.length });
}

async function settle(consumption: Consumption, message: Delivered, work: Work): Promise<void> {
  const { services, queue, background } = consumption;
  const started = services.now();
  const tell = (level: "info" | "warn"): void =>
    tellWork(services.telemetry, work, { level, durationMs: services.now() - started });
  work.add({ queue, message_id: message.id, attempt: message.attempts });
  try {
    await process(consumption, message);
    message.ack();
    countMessage(queue, message, { started, ended: services.now(), failed: false });
    work.add({ ok: true });
    tell("info");
  } catch (error) {
    // Of the attempts so far the first was no repetition.
    const delaySeconds = Math.round(backoffSeconds(message.attempts - 1, Math.random()));
    message.retry({ delaySeconds });
    countMessage(queue, message, { started, ended: services.now(), failed: true });
    work.add({ ok: false, error: describeError(error), retry_seconds: delaySeconds });
    services.telemetry.report(error, work, background);
    tell("warn");
  }
}

/** What it is called in traces and logs before anybody has read the rest of it. */
function typeOf(body: unknown): string {
  return MessageType.safeParse(body).data?.type ?? "unreadable";
}

/** A message that can't be read is put away. */
async function process(
  { services, queue, slots }: Consumption,
  { id, body, timestamp }: Delivered,
): Promise<void> {
  const parsed = QueueMessage.safeParse(body);
  const letter = { messageId: id, body, sentAt: timestamp };
  if (queue === "dead-letter") {
    await buryLetter(services, letter, parsed.data ?? null);
    return;
  }
  if (!parsed.success) {
    await keepLetter(services, { ...letter, queue, reason: "unreadable" });
    return;
  }
  await dispatch(services, parsed.data, slots);
}
