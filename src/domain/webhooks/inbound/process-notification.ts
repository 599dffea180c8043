import { SYSTEM_CHAIN } from "../../audit/audit-record.ts";
import type { CompanyCacheLayer, EnrichmentFlights, RefreshResult } from "../../enrichment/ports.ts";
import type { SourceName } from "../../enrichment/source.ts";
import { judgeRow } from "../../jobs/judge-row.ts";
import { inTurns } from "../../../lib/in-turns.ts";
import type { InboundStore } from "./ports.ts";

/** Companies of one notification under way at once. */
const PARALLEL = 4;

export interface ProcessDeps {
  inbound: Pick<InboundStore, "load" | "markProcessed" | "storedAmong">;
  flights: Pick<EnrichmentFlights, "refresh">;
  /** Fastest first. */
  layers: CompanyCacheLayer[];
  sources: SourceName[];
  now: () => number;
  /** Asks the system's own chain to take what was just recorded. */
  poke: () => Promise<void>;
}

/** Some companies could not be refreshed; another try may. */
export class NotificationPending extends Error {
  override readonly name = "NotificationPending";

  constructor(companies: number) {
    super(`${companies} companies not refreshed`);
  }
}

/**
 * Asks the free sources again for every company of a notification that we store; unknown ones are left alone. What was
 * asked since the notification came is recent enough, so that another try asks only for what is missing.
 * Throws `NotificationPending`, `StorageUnavailable`, or what a flight threw.
 */
export async function processNotification(deps: ProcessDeps, id: string): Promise<void> {
  const event = await deps.inbound.load(id);
  if (event === null || event.status === "processed") return;
  const received = Date.parse(event.receivedAt);
  let pending = 0;
  let recorded = false;
  await inTurns(await deps.inbound.storedAmong(event.sirens), PARALLEL, async (siren) => {
    const result = await refresh(deps, siren, Math.max(0, deps.now() - received));
    recorded ||= result.audit === "recorded";
    const verdict = judgeRow(result.stored, deps.sources, result.faults);
    if (result.audit === "owed" || verdict.kind === "again") pending += 1;
  });
  if (recorded) await deps.poke();
  if (pending > 0) throw new NotificationPending(pending);
  await deps.inbound.markProcessed(id, new Date(deps.now()).toISOString());
}

/** The flight replaces the copy in KV; the nearer ones are dropped once there is something better to read. */
async function refresh(deps: ProcessDeps, siren: string, maxAgeMs: number): Promise<RefreshResult> {
  const requester = {
    organisationId: SYSTEM_CHAIN,
    actor: { kind: "system", id: null },
    origin: { address: null, userAgent: null, requestId: null },
  } as const;
  const request = { siren, sources: deps.sources, maxAgeMs, requester, patience: "batch" } as const;
  const result = await deps.flights.refresh(request);
  const nearer = deps.layers.filter(({ name }) => name !== "kv");
  await Promise.all(nearer.map(async (layer) => layer.forget(siren)));
  return result;
}
