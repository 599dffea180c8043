import { discardExport } from "./discard-export.ts";
import { type EngineDeps, exportOfKey, GIVE_UP_MS, isoAt } from "./engine.ts";
import { failExport, TIMED_OUT } from "./fail-export.ts";
import type { ExportUpkeep } from "./ports.ts";

export interface ReapDeps extends Pick<EngineDeps, "work" | "files" | "writers" | "queue" | "now" | "log"> {
  upkeep: ExportUpkeep;
}

const MINUTE = 60_000;
/** More than a step takes to begin, and less than anybody likes to wait. */
const UNMOVED_MS = 5 * MINUTE;
/** A long queue is no loss: what waits in it is not sent again every time. */
const RESENT_MS = 10 * MINUTE;
/** An object may be a little older than the row that names it. */
const UNNAMED_MS = 60 * MINUTE;
const EXPORTS = 100;
const OBJECTS = 500;

/**
 * Sends again what was lost of open exports, ends those that take for ever, removes files that have had their time, and
 * objects that no export names. Unfinished uploads that no row names can't be listed: R2 removes them after 7 days.
 */
export async function reapExports(deps: ReapDeps): Promise<void> {
  await resendStalled(deps);
  await deps.upkeep.expire(isoAt(deps.now()), EXPORTS);
  for (const id of await deps.upkeep.leftFiles(EXPORTS)) await discardExport(deps, id);
  await deleteUnnamed(deps);
}

async function resendStalled(deps: ReapDeps): Promise<void> {
  const now = deps.now();
  const limits = {
    now: isoAt(now),
    movedBefore: isoAt(now - UNMOVED_MS),
    resentBefore: isoAt(now - RESENT_MS),
  };
  for (const { id, seq, createdAt } of await deps.upkeep.stalled(limits, EXPORTS)) {
    if (Date.parse(createdAt) < now - GIVE_UP_MS) await giveUp(deps, id);
    else {
      await deps.queue.send([{ type: "export.step", export_id: id, seq }]);
      await deps.upkeep.markResent(id, isoAt(now));
      deps.log.event("export_resent", { export_id: id, seq });
    }
  }
}

async function giveUp(deps: ReapDeps, id: string): Promise<void> {
  const found = await deps.work.load(id);
  if (found === null) return;
  await failExport(deps, found, { failure: TIMED_OUT, leaseId: null, seq: null });
  deps.log.event("export_given_up", { export_id: id });
}

async function deleteUnnamed({ files, upkeep, now }: ReapDeps): Promise<void> {
  const old = await files.olderThan(isoAt(now() - UNNAMED_MS), OBJECTS);
  if (old.length === 0) return;
  const owners = old.map((key) => ({ key, owner: exportOfKey(key) }));
  const ids = owners.flatMap(({ owner }) => owner?.exportId ?? []);
  const { open, completed } = await upkeep.inUse([...new Set(ids)]);
  for (const { key, owner } of owners) {
    const used =
      owner !== null && (open.has(owner.exportId) || (!owner.carry && completed.has(owner.exportId)));
    if (!used) await files.delete(key);
  }
}
