import { sha256Hex } from "../../lib/digest.ts";
import { errorKind } from "../../lib/error-kind.ts";
import type { ActContext } from "../audit/audit-record.ts";
import type { ChainPoke } from "../audit/ports.ts";
import type { SourceName } from "../enrichment/source.ts";
import { acceptBatch, type AcceptDeps } from "../jobs/intake/accept-task.ts";
import { listIntake } from "../jobs/intake/intake.ts";
import type { TaskReading } from "../jobs/task-access.ts";
import { REFRESH_CAP } from "./refresh-cap.ts";
import type { Watcher, WatchStore } from "./watch-ports.ts";

export interface RefreshDeps {
  watch: Pick<WatchStore, "watchers" | "beginTurn" | "stale" | "markTried">;
  tasks: Pick<TaskReading, "find">;
  accept: AcceptDeps;
  /** That are asked of everybody, and cost nothing. */
  sources: SourceName[];
  /** Seconds that so many companies take. */
  estimate: (sources: SourceName[], companies: number) => number;
  poke: ChainPoke;
  /** When the night began. */
  act: ActContext;
  /** ms. */
  now: () => number;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Less than a day: what was refreshed in the course of one night is due again in the course of the next. */
const REFRESH_AFTER_MS = 20 * HOUR;
/** Every seventh night, of a company that no source knew: registers publish a new one within days. */
const UNKNOWN_AFTER_MS = 7 * DAY - 4 * HOUR;
/** Of the 15 minutes that all of a night's jobs have. */
const BUDGET_MS = 5 * 60_000;

/**
 * One task for each organisation that watches companies nobody has asked about lately, until the time is up; the next
 * night begins with those that were left. One organisation's failure holds up no other. Throws `AggregateError` at the
 * end, and `StorageUnavailable`.
 */
export async function refreshWatched(deps: RefreshDeps): Promise<void> {
  const { log } = deps.accept;
  const until = deps.now() + BUDGET_MS;
  const failures: unknown[] = [];
  const watchers = await deps.watch.watchers();
  for (const [done, watcher] of watchers.entries()) {
    if (deps.now() > until) {
      log.event("watchers_left", { organisations: watchers.length - done });
      break;
    }
    const { organisationId } = watcher;
    try {
      await refreshOrganisation(deps, watcher);
    } catch (error) {
      failures.push(error);
      log.event("watched_not_refreshed", { organisation_id: organisationId, error: errorKind(error) });
    }
  }
  if (failures.length > 0)
    throw new AggregateError(failures, `${failures.length} organisations not refreshed`);
}

/** The same on the same day (UTC), so that a night that runs twice makes one task. */
async function taskIdOf(organisationId: string, now: number): Promise<string> {
  const day = Math.floor(now / DAY) * DAY;
  const digest = await sha256Hex(`watch ${organisationId} ${day}`);
  return `tsk_${day.toString(36).padStart(9, "0")}${digest.slice(0, 16)}`;
}

async function refreshOrganisation(deps: RefreshDeps, { organisationId, plan }: Watcher): Promise<void> {
  const { act, sources } = deps;
  const at = new Date(act.now).toISOString();
  await deps.watch.beginTurn(organisationId, at);
  const id = await taskIdOf(organisationId, act.now);
  if ((await deps.tasks.find({ organisationId, mode: "live" }, id)) !== null) return;
  const since = new Date(act.now - REFRESH_AFTER_MS).toISOString();
  const unknownSince = new Date(act.now - UNKNOWN_AFTER_MS).toISOString();
  const due = { since, unknownSince, atMost: REFRESH_CAP[plan] };
  const { all, sirens } = await deps.watch.stale(organisationId, due);
  if (all === 0) return;
  const left = all - sirens.length;
  if (left > 0) deps.accept.log.event("watched_left", { organisation_id: organisationId, companies: left });
  const actor = { kind: "system", id: null } as const;
  const requester = { principal: { organisationId, actor, mode: "live" }, act } as const;
  await acceptBatch(deps.accept, requester, {
    type: "watch",
    intake: listIntake(sirens),
    orderOf: async (distinct) => {
      const estimatedSeconds = deps.estimate(sources, distinct);
      return { id, sources, maxAgeMs: REFRESH_AFTER_MS, estimatedSeconds };
    },
  });
  await deps.watch.markTried(organisationId, sirens, at);
  await deps.poke(organisationId);
}
