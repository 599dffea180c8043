import { errorKind } from "../../lib/error-kind.ts";
import type { ActContext } from "../audit/audit-record.ts";
import type { EnrichmentLog } from "../enrichment/ports.ts";
import type { DeliveryQueue } from "../webhooks/ports.ts";
import { type Change, changedEvent } from "./change.ts";
import { diffFacts, type FieldChange, SnapshotFacts } from "./diff-facts.ts";
import type {
  Comparison,
  Move,
  MovedCompany,
  WatchPage,
  WatchPlace,
  WatchStep,
  WatchStore,
} from "./watch-ports.ts";

export interface WatchDeps {
  watch: Omit<WatchStore, "organisations" | "stale">;
  queue: DeliveryQueue;
  log: EnrichmentLog;
  /** When, and under which ids. */
  act: ActContext;
}

/** Watched companies that one statement looks at. */
const PAGE = 5_000;
/** Facts take up to a hundred kilobytes a company, twice. */
const COMPARED = 50;

/**
 * Brings what is watched in line with the lists, then tells every watched company that is not what it was. Cut
 * anywhere, or run twice at once, each change is told exactly once. Throws `StorageUnavailable`.
 */
export async function watchCompanies(deps: WatchDeps): Promise<void> {
  const { watch, log, act } = deps;
  const at = new Date(act.now).toISOString();
  let [enrolled, released, changes] = [0, 0, 0];
  for await (const found of pages(async (page) => watch.enrol(page, at))) enrolled += found;
  for await (const found of pages(async (page) => watch.release(page))) released += found;
  for await (const moved of pages(async (page) => watch.moved(page)))
    for (let from = 0; from < moved.length; from += COMPARED)
      changes += await tell(deps, moved.slice(from, from + COMPARED));
  log.event("companies_watched", { enrolled, released, changes });
}

async function* pages<Found>(read: (page: WatchPage) => Promise<WatchStep<Found>>): AsyncGenerator<Found> {
  let after: WatchPlace | null = null;
  do {
    const step: WatchStep<Found> = await read({ after, size: PAGE });
    yield step.found;
    after = step.next;
  } while (after !== null);
}

/** How many changes there were to tell. */
async function tell({ watch, queue, log, act }: WatchDeps, moved: MovedCompany[]): Promise<number> {
  const comparisons = await watch.compare(moved);
  const moves = moved.flatMap((company, index) => {
    const comparison = comparisons[index];
    return comparison === undefined ? [] : [moveOf(act, company, comparison)];
  });
  const events = await watch.record(moves);
  try {
    if (events.length > 0)
      await queue.send(events.map((event_id) => ({ type: "event.published", event_id })));
  } catch (error) {
    // The schedule finds deliveries that nobody was sent for.
    log.event("events_not_queued", { events: events.length, error: errorKind(error) });
  }
  return moves.filter(({ told }) => told !== null).length;
}

function moveOf(act: ActContext, company: MovedCompany, comparison: Comparison): Move {
  const { organisationId, siren, seen, present } = company;
  const same = seen.hash === present.hash;
  const move = { organisationId, siren, from: seen, to: { ...present, at: same ? seen.at : comparison.at } };
  const found = findingOf(company, comparison);
  if (found.kind === "changed" && found.fields.length === 0 && seen.score === present.score)
    return { ...move, told: null };
  const change: Change = {
    ...found,
    id: act.newId("chg"),
    organisationId,
    siren,
    at: new Date(act.now).toISOString(),
    scoreBefore: seen.score,
    scoreAfter: present.score,
  };
  return { ...move, told: { change, event: changedEvent(change, comparison.lists) } };
}

function findingOf(
  { seen, present }: MovedCompany,
  comparison: Comparison,
): { kind: Change["kind"]; fields: FieldChange[] } {
  if (seen.hash === null) return { kind: "appeared", fields: [] };
  if (seen.hash === present.hash) return { kind: "changed", fields: [] };
  const before = SnapshotFacts.safeParse(comparison.before);
  const after = SnapshotFacts.safeParse(comparison.after);
  if (!before.success || !after.success) return { kind: "not_comparable", fields: [] };
  return { kind: "changed", fields: diffFacts(before.data, after.data) };
}
