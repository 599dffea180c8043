import { errorKind } from "../../lib/error-kind.ts";
import { discardExport } from "./discard-export.ts";
import { type EngineDeps, exportOfKey, GIVE_UP_MS, isoAt } from "./engine.ts";
import { failExport, TIMED_OUT } from "./fail-export.ts";
import type { ExportUpkeep } from "./ports.ts";

export interface ReapDeps extends Pick<EngineDeps, "work" | "files" | "writers" | "queue" | "now" | "log"> {
  upkeep: ExportUpkeep;
  /** Nobody works on exports until the queue is resumed; never throws. */
  isPaused: () => Promise<boolean>;
}

const MINUTE = 60_000;
/** More than a step takes to begin, and less than anybody likes to wait. */
const UNMOVED_MS = 5 * MINUTE;
/** A long queue is no loss: what waits in it is not sent again every time. */
const RESENT_MS = 10 * MINUTE;
/** An object may be a little older than the row that names it. */
const UNNAMED_MS = 60 * MINUTE;
/** Become expired in one statement. */
const EXPIRED = 100;
/** Each costs up to nine subrequests, of a thousand that all jobs of a run may make. */
const EXPORTS = 30;
const OBJECTS = 500;

/**
 * Removes files that have had their time, and objects that no export names; unless the queue is paused, sends again what
 * was lost of open exports and ends those that take for ever. Unfinished uploads that no row names can't be listed: R2
 * removes them after 7 days. What fails does not stop the rest, and is thrown together at the end.
 */
export async function reapExports(deps: ReapDeps): Promise<void> {
  const failures: unknown[] = [];
  const attempt: Attempt = async (work) => {
    try {
      await work();
    } catch (error) {
      failures.push(error);
      deps.log.event("export_reap_failed", { error: errorKind(error) });
    }
  };
  await attempt(async () => deps.upkeep.expire(isoAt(deps.now()), EXPIRED));
  await attempt(async () => {
    for (const id of await deps.upkeep.leftFiles(EXPORTS)) await attempt(async () => discardExport(deps, id));
  });
  await attempt(async () => deleteUnnamed(deps));
  if (!(await deps.isPaused())) await attempt(async () => resendStalled(deps, attempt));
  if (failures.length > 0) throw new AggregateError(failures, "exports were not all looked after");
}

/** Notes a failure, and throws nothing. */
type Attempt = (work: () => Promise<void>) => Promise<void>;

async function resendStalled(deps: ReapDeps, attempt: Attempt): Promise<void> {
  const now = deps.now();
  const limits = {
    now: isoAt(now),
    movedBefore: isoAt(now - UNMOVED_MS),
    resentBefore: isoAt(now - RESENT_MS),
  };
  for (const { id, seq, createdAt } of await deps.upkeep.stalled(limits, EXPORTS))
    await attempt(async () => {
      if (Date.parse(createdAt) < now - GIVE_UP_MS) return giveUp(deps, id);
      await deps.queue.send([{ type: "export.step", export_id: id, seq }]);
      await deps.upkeep.markResent(id, isoAt(now));
      deps.log.event("export_resent", { export_id: id, seq });
    });
}

async function giveUp(deps: ReapDeps, id: string): Promise<void> {
  const found = await deps.work.load(id);
  if (found === null) return;
  await failExport(deps, found, { failure: TIMED_OUT, leaseId: null });
  deps.log.event("export_given_up", { export_id: id });
}

async function deleteUnnamed({ files, upkeep, now }: ReapDeps): Promise<void> {
  const old = await files.olderThan(isoAt(now() - UNNAMED_MS), OBJECTS);
  if (old.length === 0) return;
  const owners = old.map((key) => ({ key, owner: exportOfKey(key) }));
  const ids = owners.flatMap(({ owner }) => owner?.exportId ?? []);
  const { open, completed } = await upkeep.inUse([...new Set(ids)]);
  const unnamed = owners.filter(
    ({ owner }) =>
      owner === null || !(open.has(owner.exportId) || (!owner.carry && completed.has(owner.exportId))),
  );
  if (unnamed.length > 0) await files.delete(unnamed.map(({ key }) => key));
}
