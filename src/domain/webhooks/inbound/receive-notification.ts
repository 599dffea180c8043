import { errorKind } from "../../../lib/error-kind.ts";
import type { InboundStatus, InboundStore, NewInboundEvent } from "./ports.ts";

interface ReceiveDeps {
  inbound: Pick<InboundStore, "receive">;
  /** Hands the event to the queue. */
  announce: (inboundId: string) => Promise<void>;
  log: { event(name: string, fields: Record<string, string>): void };
}

/**
 * Keeps a verified notification and has it processed; a repetition is answered as the first, and processed no second
 * time. Throws `StorageUnavailable`. What is kept but not announced, the next cron run announces again.
 */
export async function receiveNotification(
  { inbound, announce, log }: ReceiveDeps,
  event: NewInboundEvent,
): Promise<{ id: string; status: InboundStatus }> {
  const { id, status, isNew } = await inbound.receive(event);
  if (isNew) {
    try {
      await announce(id);
    } catch (error) {
      log.event("inbound_not_announced", { inbound_id: id, error: errorKind(error) });
    }
  }
  return { id, status };
}
