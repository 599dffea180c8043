import { buryMessage } from "../domain/jobs/bury-message.ts";
import type { Services } from "../services.ts";
import { keepLetter, type Letter } from "./keep-letter.ts";
import { QUEUE_OF, type QueueMessage } from "./messages.ts";

/** Keeps a message that nobody could process for the operators, and ends what it leaves open. Repeating it is harmless. */
export async function buryLetter(
  services: Pick<Services, "jobs" | "webhooks" | "log" | "now">,
  letter: Letter,
  message: QueueMessage | null,
): Promise<void> {
  const queue = message === null ? null : QUEUE_OF[message.type];
  const reason = message === null ? "unreadable" : "retries_exhausted";
  await keepLetter(services, { ...letter, queue, reason });
  const { jobs, webhooks } = services;
  switch (message?.type) {
    case "task.split":
    case "task.chunk":
    case "task.finalize":
      return buryMessage(jobs.engine, message);
    case "hook.received":
      return webhooks.inbound.markFailed(message.inbound_id, reason);
    default:
    // An `export.step` ends nothing: the reaper sends it again, and after a day gives the export up.
  }
}
