import { errorKind } from "../../lib/error-kind.ts";
import type { CalledAnswer } from "../enrichment/call-source.ts";
import type { FailureReason } from "../enrichment/failure-reason.ts";
import type { EnrichmentLog } from "../enrichment/ports.ts";
import type { SourceName } from "../enrichment/source.ts";
import { costMicros, type CreditPrices, eurosOf } from "./money.ts";
import type { Ledger, PaidCall, Reservation, Settlement } from "./ports.ts";

/** The most that one look-up takes, retries included. Kaspr: the export, an e-mail, a telephone. */
export const MOST_CREDITS: Partial<Record<SourceName, number>> = { pappers: 1, kaspr: 3 };

export interface PaidCallDeps {
  ledger: Ledger;
  prices: CreditPrices;
  newEntryId: () => string;
  now: () => number;
  sleep: (ms: number) => Promise<void>;
  log: EnrichmentLog;
}

const PAUSES_MS = [100, 300];
const PATIENCE_MS = 2_000;

/** Found out before anything left for the source. */
const NEVER_SENT = new Set<FailureReason>(["not_configured", "linkedin_profile_required"]);

function uncalled(reason: FailureReason, retryAfterMs: number | null, detail: string): CalledAnswer {
  return { kind: "failed", failure: { reason, retryAfterMs, detail }, credits: 0, calls: 0, durationMs: 0 };
}

/** Every act of the ledger can be repeated: it counts once. */
async function persistently<Value>(deps: PaidCallDeps, act: () => Promise<Value>): Promise<Value> {
  const started = deps.now();
  for (let attempt = 0; ; attempt++) {
    try {
      return await act();
    } catch (error) {
      const pause = PAUSES_MS[attempt];
      if (pause === undefined || deps.now() - started + pause > PATIENCE_MS) throw error;
      await deps.sleep(pause);
    }
  }
}

async function reserve(deps: PaidCallDeps, id: string, call: PaidCall): Promise<Reservation | null> {
  try {
    return await persistently(deps, async () => deps.ledger.reserve(id, call));
  } catch (error) {
    const { source, siren } = call;
    deps.log.event("ledger_not_reserved", { entry: id, source, siren, error: errorKind(error) });
    return null;
  }
}

/** What is not written here is presumed spent later: the answer has been paid for and must not be lost. */
async function close(deps: PaidCallDeps, id: string, settlement: Settlement | null): Promise<void> {
  const { ledger } = deps;
  try {
    await persistently(deps, async () =>
      settlement === null ? ledger.release(id) : ledger.settle(id, settlement),
    );
  } catch (error) {
    deps.log.event("ledger_not_settled", { entry: id, error: errorKind(error) });
  }
}

/** Whatever became of the ledger: the provider charged it. */
function logSpent(deps: PaidCallDeps, spent: PaidCall & { id: string }): void {
  const { id, organisationId, source, credits } = spent;
  const euros = eurosOf(costMicros(deps.prices, source, credits));
  deps.log.event("credits_spent", { entry: id, organisation_id: organisationId, source, credits, euros });
}

/**
 * Asks a paid source through the ledger: what the budget does not cover, or the ledger can't count, is not asked.
 * Throws nothing of its own.
 */
export async function callPaid(
  deps: PaidCallDeps,
  call: Omit<PaidCall, "credits">,
  ask: () => Promise<CalledAnswer>,
): Promise<CalledAnswer> {
  const id = deps.newEntryId();
  const reservation = await reserve(deps, id, { ...call, credits: MOST_CREDITS[call.source] ?? 0 });
  if (reservation === null) return uncalled("unavailable", null, "ledger unreachable");
  if (!reservation.granted) return uncalled("budget_reached", reservation.retryAfterMs, "budget reached");
  const answer = await ask();
  const { calls, credits } = answer;
  const sent = calls > 0 && !(answer.kind === "failed" && NEVER_SENT.has(answer.failure.reason));
  await close(deps, id, sent ? { calls, credits } : null);
  if (credits > 0) logSpent(deps, { ...call, id, credits });
  return answer;
}
