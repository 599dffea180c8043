import type { Services } from "../../services.ts";

/** Longer than any call can take, its retries and those of the ledger included. */
const LATE_MS = 15 * 60_000;
const BATCH = 1_000;

interface Deps {
  usage: { ledger: Pick<Services["usage"]["ledger"], "presume"> };
  log: Pick<Services["log"], "event">;
}

/** Paid calls of which nobody heard the end count as made, at the most they could cost. */
export async function settleReservations({ usage, log }: Deps): Promise<void> {
  let entries: number;
  do {
    const presumed = await usage.ledger.presume(LATE_MS, BATCH);
    entries = presumed.entries;
    if (entries > 0) log.event("reservations_presumed", { entries, credits: presumed.credits });
  } while (entries === BATCH);
}
