import { errorKind } from "../../lib/error-kind.ts";
import { settleEnd } from "./discard-export.ts";
import {
  carryPrefix,
  type EngineDeps,
  fileKey,
  GIVE_UP_MS,
  isoAt,
  LEASE_MS,
  NOTHING_WRITTEN,
} from "./engine.ts";
import { FileDamaged, FileTooLarge, NotOurs, QueryTooSlow, SelectionGone, TableRefused } from "./errors.ts";
import { isEnded } from "./export.ts";
import { failExport, TIMED_OUT } from "./fail-export.ts";
import { finishExport } from "./finish-export.ts";
import type { Lease, WorkingExport } from "./ports.ts";
import { writeStep } from "./write-step.ts";

/** `seq`: steps that were done when the message was sent. */
export interface Step {
  exportId: string;
  seq: number;
}

/** Somebody who is busy is asked for no sooner than this. */
const LEAST_WAIT_MS = 1_000;
/** What can't be mended by beginning again three times won't be by a fourth. */
const MOST_RESTARTS = 3;

/**
 * Does one step of an export. Asked for twice, at once or one after the other, it is done once; killed anywhere, it is
 * done again from what was saved before it. Throws when it has to be asked for again.
 */
export async function runStep(deps: EngineDeps, step: Step): Promise<void> {
  const lease = { exportId: step.exportId, id: deps.newId("lse") };
  try {
    const now = deps.now();
    const claim = { seq: step.seq, at: isoAt(now), until: isoAt(now + LEASE_MS) };
    const made = await deps.work.claim(lease, claim);
    if (made === null) await passOver(deps, step);
    else await work(deps, made, lease);
  } catch (error) {
    await release(deps, lease);
    throw error;
  }
}

async function work(deps: EngineDeps, made: WorkingExport, lease: Lease): Promise<void> {
  // A table that stays busy keeps it moving: it would never look stalled.
  if (deps.now() - Date.parse(made.createdAt) > GIVE_UP_MS)
    return failExport(deps, made, { failure: TIMED_OUT, leaseId: lease.id });
  try {
    await (made.state.written ? finishExport : writeStep)(deps, made, lease);
  } catch (error) {
    const failure = failureOf(error);
    if (error instanceof NotOurs) await standDown(deps, made, lease);
    else if (error instanceof FileDamaged) await beginAgain(deps, made, lease);
    else if (failure !== null) await failExport(deps, made, { failure, leaseId: lease.id });
    else throw error;
  }
}

function failureOf(error: unknown): string | null {
  const known =
    error instanceof TableRefused ||
    error instanceof FileTooLarge ||
    error instanceof SelectionGone ||
    error instanceof QueryTooSlow;
  return known ? error.failure : null;
}

/** Somebody else does the step, has done it, it is not due yet, or nobody has to. */
async function passOver(deps: EngineDeps, step: Step): Promise<void> {
  const found = await deps.work.load(step.exportId);
  if (found === null) return;
  if (isEnded(found.status)) return settleEnd(deps, found);
  const now = deps.now();
  const waitMs = Date.parse(found.leasedUntil ?? isoAt(now)) - now;
  const leased = found.leaseId !== null && waitMs > 0;
  // He who works on it may die; he who saved the step before may have died before he sent the next message.
  const due = found.seq === step.seq || (found.seq === step.seq + 1 && !leased);
  if (!due) return;
  const seconds = Math.ceil(Math.max(waitMs, LEAST_WAIT_MS) / 1_000);
  await deps.queue.send([{ type: "export.step", export_id: found.id, seq: found.seq }], seconds);
}

/** Removes what this consumer alone has made: the export is another's now, or has ended. */
async function standDown(deps: EngineDeps, made: WorkingExport, lease: Lease): Promise<void> {
  const found = await deps.work.load(made.id);
  if (found !== null && isEnded(found.status)) return settleEnd(deps, found);
  const own = `${carryPrefix(made.id)}${made.seq + 1}-${lease.id}`;
  if (found?.carryKey !== own) await deps.files.delete(own);
}

/** Two consumers put the same part, or something was removed: the file is written again from its first byte. */
async function beginAgain(deps: EngineDeps, made: WorkingExport, lease: Lease): Promise<void> {
  const { restarts } = made.state;
  if (restarts >= MOST_RESTARTS)
    return failExport(deps, made, { failure: "file_damaged", leaseId: lease.id });
  const now = deps.now();
  // Only if they are still his: what is gone may be gone because another one has done the step.
  if (!(await deps.work.keepLease(lease, isoAt(now + LEASE_MS)))) return standDown(deps, made, lease);
  if (made.uploadId !== null)
    await deps.files.abort({ key: fileKey(made, deps.writers), uploadId: made.uploadId });
  const [seq, at] = [made.seq + 1, isoAt(now)];
  const state = { ...NOTHING_WRITTEN, restarts: restarts + 1 };
  if (!(await deps.work.restart(lease, { seq: made.seq, state, at }))) return standDown(deps, made, lease);
  deps.log.event("export_begun_again", { export_id: made.id, seq });
  await deps.queue.send([{ type: "export.step", export_id: made.id, seq }]);
  if (made.carryKey !== null) await deps.files.delete(made.carryKey);
}

/** So that the next try need not wait for the lease to end; when even that fails, it does. */
async function release({ work: exports, now, log }: EngineDeps, lease: Lease): Promise<void> {
  try {
    await exports.release(lease, isoAt(now()));
  } catch (error) {
    log.event("export_lease_kept", { export_id: lease.exportId, error: errorKind(error) });
  }
}
