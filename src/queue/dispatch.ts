import type { Slots } from "../lib/slots.ts";
import { currentWork, type WorkFields } from "../observability/work.ts";
import type { Services } from "../services.ts";
import { eventPublished } from "./handlers/event-published.ts";
import { exportStep } from "./handlers/export-step.ts";
import { hookReceived } from "./handlers/hook-received.ts";
import { taskChunk } from "./handlers/task-chunk.ts";
import { taskFinalize } from "./handlers/task-finalize.ts";
import { taskSplit } from "./handlers/task-split.ts";
import { webhookDeliver } from "./handlers/webhook-deliver.ts";
import type { QueueMessage } from "./messages.ts";

/** A message of one kind. */
export type MessageOf<Type extends QueueMessage["type"]> = Extract<QueueMessage, { type: Type }>;

/**
 * Does what a message asks for, which may be asked for several times. Throws when it has to be delivered again.
 * `slots`: companies that this consumer may have under way, shared by the messages of a batch.
 */
export type Handler<Type extends QueueMessage["type"]> = (
  services: Services,
  message: MessageOf<Type>,
  slots: Slots,
) => Promise<void>;

const HANDLERS: { [Type in QueueMessage["type"]]: Handler<Type> } = {
  "task.split": taskSplit,
  "task.chunk": taskChunk,
  "task.finalize": taskFinalize,
  "event.published": eventPublished,
  "webhook.deliver": webhookDeliver,
  "hook.received": hookReceived,
  "export.step": exportStep,
};

/** The ids that a message carries: what it is about. */
function referencesOf(message: QueueMessage): WorkFields {
  return Object.fromEntries(Object.entries(message).filter(([name]) => name !== "v" && name !== "type"));
}

/** Generic, so that a message meets the handler of its own kind. */
export async function dispatch<Type extends QueueMessage["type"]>(
  services: Services,
  message: MessageOf<Type>,
  slots: Slots,
): Promise<void> {
  const type: Type = message.type;
  currentWork()?.add(referencesOf(message));
  await HANDLERS[type](services, message, slots);
}
