import { isResendDue } from "../../domain/webhooks/inbound/resend-slot.ts";
import type { Services } from "../../services.ts";

/** As the schedule runs it. */
const SLOT_MS = 5 * 60_000;
const AT_MOST = 1_000;

/** What others told us and no consumer finished with in ten minutes is announced again: its message may be lost. */
export async function resendInbound({ webhooks, jobs, log, now }: Services): Promise<void> {
  const at = now();
  const waiting = await webhooks.inbound.waiting(new Date(at - 2 * SLOT_MS).toISOString(), AT_MOST);
  const due = waiting.filter(({ receivedAt }) => isResendDue(at - Date.parse(receivedAt), SLOT_MS));
  if (due.length === 0) return;
  log.event("inbound_resent", { events: due.length });
  await jobs.queues.send(due.map(({ id }) => ({ type: "hook.received", inbound_id: id })));
}
