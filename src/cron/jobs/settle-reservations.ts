import type { Services } from "../../services.ts";

/** Longer than any call can take, its retries and those of the ledger included. */
const LATE_MS = 15 * 60_000;

/** A paid call of which nobody heard the end counts as made, at the most it could cost. */
export async function settleReservations({ usage, log }: Services): Promise<void> {
  const { entries, credits } = await usage.ledger.presume(LATE_MS);
  if (entries > 0) log.event("reservations_presumed", { entries, credits });
}
