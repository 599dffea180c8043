import { type EngineDeps, isoAt, LEASE_MS, RENEW_MS } from "./engine.ts";
import { NotOurs, SelectionGone, TableRefused } from "./errors.ts";
import type { TableCounts } from "./export.ts";
import { FileDraft } from "./file-draft.ts";
import type { Lease, WorkingExport, WriterState } from "./ports.ts";
import { type Page, pagesOf } from "./take-page.ts";

/** Between two tries at a table that takes nothing, unless it asks for more. */
const MOST_WAIT_MS = 15 * 60_000;

/** Records refused with the same error, and not one taken: then no other is tried. */
const MOST_REFUSED = 50;

/** Where the pages of a step have led. */
interface Progress {
  state: WriterState;
  lastKey: string | null;
  rows: number;
  counts: TableCounts | null;
  refusal: string | null;
  ended: boolean;
  waitMs: number;
}

/**
 * Writes the next companies of an export and saves how far it came, all at once: what is stored without that is written
 * again. Throws `NotOurs`, and what makes the export fail.
 */
export async function writeStep(deps: EngineDeps, made: WorkingExport, lease: Lease): Promise<void> {
  const draft = new FileDraft(deps, made, lease);
  await draft.resume();
  const {
    state,
    waitMs: asked,
    ended,
    refusal,
    ...progress
  } = await writePages(deps, { made, lease }, draft);
  const waits = asked > 0 && progress.rows === made.rows ? made.state.waits + 1 : 0;
  const waitMs = longerEach(asked, waits);
  const seq = made.seq + 1;
  const saved = await deps.work.save(lease, {
    ...progress,
    seq: made.seq,
    carryKey: await draft.close(ended),
    parts: draft.parts,
    objectKey: draft.objectKey,
    bytes: draft.bytes,
    state: { ...made.state, format: state, written: ended, waits, refusal },
    dueAt: isoAt(deps.now() + waitMs),
  });
  if (!saved) throw new NotOurs();
  await deps.queue.send([{ type: "export.step", export_id: made.id, seq }], Math.ceil(waitMs / 1_000));
  if (made.carryKey !== null) await deps.files.delete(made.carryKey);
}

/** Each request in vain counts against the customer's quota there. */
function longerEach(waitMs: number, waits: number): number {
  return Math.min(waitMs * 2 ** Math.max(0, waits - 1), Math.max(waitMs, MOST_WAIT_MS));
}

async function writePages(
  deps: EngineDeps,
  { made, lease }: { made: WorkingExport; lease: Lease },
  draft: FileDraft,
): Promise<Progress> {
  const { size, now, work } = deps;
  const writer = deps.writers[made.format];
  const takePage = await pagesOf(deps, made);
  const startedAt = now();
  let renewedAt = startedAt;
  const from = made.state.format;
  const begun = from === null ? writer.begin(made.columns, made.options) : null;
  if (begun !== null) await draft.push(begun.bytes);
  const progress: Progress = {
    state: begun?.state ?? from ?? {},
    lastKey: made.lastKey,
    rows: made.rows,
    counts: made.counts,
    refusal: made.state.refusal,
    ended: false,
    waitMs: 0,
  };
  const stepMs = made.format === "airtable" ? size.tableStepMs : size.stepMs;
  const goOn = (): boolean =>
    !progress.ended &&
    progress.waitMs === 0 &&
    progress.rows - made.rows < size.stepRows &&
    now() - startedAt < stepMs;
  do {
    const page = await takePage(progress.lastKey, size.stepRows - (progress.rows - made.rows));
    const { bytes, state } = writer.rows(progress.state, page.lines);
    await draft.push(bytes);
    progress.state = state;
    progress.lastKey = page.lastKey ?? progress.lastKey;
    progress.refusal = commonRefusal(progress, page);
    progress.rows += page.lines.length;
    progress.counts = sum(progress.counts, page.counts);
    progress.ended = page.ended;
    progress.waitMs = page.waitMs ?? 0;
    ensureSomeTaken(progress);
    if (now() - renewedAt >= RENEW_MS) {
      renewedAt = now();
      if (!(await work.keepLease(lease, isoAt(renewedAt + LEASE_MS)))) throw new NotOurs();
    }
  } while (goOn());
  if (progress.ended) {
    // A list that is deleted has no more companies either.
    if (!(await work.hasSelection(made))) throw new SelectionGone();
    const end = writer.end(progress.state);
    await draft.push(end.bytes);
    progress.state = end.state;
  }
  return progress;
}

/** The error that all records have in common, those of this page too. */
function commonRefusal({ rows, refusal }: Progress, page: Page): string | null {
  if (page.lines.length === 0) return refusal;
  return rows === 0 || refusal === page.refusal ? page.refusal : null;
}

/** A table that refuses so many alike refuses them all, and each costs the customer ten times what it should. */
function ensureSomeTaken({ rows, refusal }: Progress): void {
  if (refusal === null || rows < MOST_REFUSED) return;
  const named = /^[A-Z_]{1,60}$/.test(refusal) ? `:${refusal}` : "";
  throw new TableRefused(`airtable_all_refused${named}`);
}

function sum(one: TableCounts | null, other: TableCounts | null): TableCounts | null {
  if (one === null || other === null) return one ?? other;
  return {
    created: one.created + other.created,
    updated: one.updated + other.updated,
    refused: one.refused + other.refused,
  };
}
