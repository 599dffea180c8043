import type { Services } from "../services.ts";
import { QueueMessage } from "./messages.ts";

/** Every message of a batch, each acknowledged or sent again on its own. */
export async function consume(services: Services, batch: MessageBatch): Promise<void> {
  for (const message of batch.messages) {
    services.log.event("message_received", {
      queue: batch.queue,
      ok: QueueMessage.safeParse(message.body).success,
    });
    message.ack();
  }
}
