import type { Slots } from "../../lib/slots.ts";
import { retryDelayMs } from "./backoff.ts";
import { ChunkWriter, type Origin } from "./chunk-writer.ts";
import { dispatchChunks } from "./dispatch-chunks.ts";
import { endSynthetic, enrichRow, judgeStored, sourcesOf } from "./enrich-row.ts";
import type { EngineDeps } from "./engine.ts";
import type { RowVerdict } from "./judge-row.ts";
import type { OpenRow, Part } from "./ports.ts";
import { CHUNK_ROWS, isTerminal, type Task } from "./task.ts";

/** A row is tried once, and three times again. */
const MOST_ATTEMPTS = 4;
/** How long rows may wait for their turn at a source before waiting counts as a try; twice the estimate if that is more. */
const QUEUE_MS = 48 * 3_600_000;
/** A consumer lives for a quarter of an hour: rows that were not begun by then are left to the next message. */
const BEGIN_WITHIN_MS = 10 * 60_000;
/** Queues count delays by another clock. */
const EARLY_MS = 1_000;

interface Again {
  row: OpenRow;
  retryAfterMs: number | null;
  /** This try counts. */
  failed: boolean;
}

interface Run {
  task: Task;
  writer: ChunkWriter;
  slots: Slots;
  /** To be tried again, with what the last try said. */
  again: Again[];
  /** No row is begun after this moment; ms. */
  until: number;
  /** Some were not. */
  cut: boolean;
  recorded: boolean;
  /** What the providers charged for it. */
  credits: number;
  /** Waiting for a slow source is not counted yet. */
  mayQueue: boolean;
}

/**
 * Works on the rows of one chunk that are open and due, and ends each once; those that a source could not answer for
 * now come again in a later message. Any number of these may run at once on the same chunk, and be cut anywhere.
 */
export async function runChunk(deps: EngineDeps, slots: Slots, part: Required<Part>): Promise<void> {
  const task = await deps.tasks.load(part.taskId);
  if (task === null || isTerminal(task.status)) return;
  const at = new Date(deps.now()).toISOString();
  if (task.status === "queued") await deps.tasks.start(task.id, at);
  if (task.cancelRequestedAt !== null)
    await deps.tasks.endOpenRows(part, { outcome: "cancelled", reason: null }, at);
  const open = await deps.tasks.openRows(part);
  const soon = deps.now() + EARLY_MS;
  const due = open.filter(({ retryAt }) => retryAt === null || Date.parse(retryAt) <= soon);
  const writer = new ChunkWriter(deps, part);
  const until = deps.now() + BEGIN_WITHIN_MS;
  const mayQueue = deps.now() - Date.parse(task.createdAt) < longestQueueMs(deps, task);
  const run: Run = {
    task,
    slots,
    writer,
    again: [],
    until,
    cut: false,
    recorded: false,
    credits: 0,
    mayQueue,
  };
  const { tally, complete } = await workOn(deps, run, due)
    .then(async () => writer.finish())
    // What was written before something failed is not worked on again.
    .finally(() => logEnriched(deps, run, part));
  if (run.recorded) await deps.poke(task.organisationId);
  if (tally.open > 0) await comeBack(deps, run, part);
  if (complete) await deps.queue.send([{ type: "task.finalize", task_id: task.id }]);
  else if (task.dispatchedChunks * CHUNK_ROWS < task.distinctRows) await dispatchChunks(deps, task);
}

/** Test keys get no company. */
function logEnriched({ log }: EngineDeps, run: Run, { chunk }: Required<Part>): void {
  const { task, writer, credits } = run;
  const { cache, sources } = writer.enriched;
  if (task.mode === "test" || cache + sources + credits === 0) return;
  const { id, organisationId } = task;
  log.event("rows_enriched", {
    task_id: id,
    organisation_id: organisationId,
    chunk,
    cache,
    sources,
    credits,
  });
}

function longestQueueMs({ estimate }: EngineDeps, task: Task): number {
  return Math.max(QUEUE_MS, 2_000 * estimate(sourcesOf(task), task.distinctRows));
}

async function workOn(deps: EngineDeps, run: Run, due: OpenRow[]): Promise<void> {
  const { task, slots } = run;
  if (due.length === 0) return;
  const stored = task.mode === "live" ? await deps.companies.loadMany(due.map(({ siren }) => siren)) : null;
  const judged = due.map((row) => ({
    row,
    verdict:
      stored === null
        ? null
        : judgeStored(task, { siren: row.siren, found: stored.get(row.siren) }, deps.now()),
  }));
  const answered = judged.flatMap(({ row, verdict }) => (verdict === null ? [] : [{ row, verdict }]));
  await take(run, "cache", answered);
  const toAsk = judged.flatMap(({ row, verdict }) => (verdict === null ? [row] : []));
  // All are waited for, also when one fails: no work goes on behind the back of a message that is given back.
  const done = await Promise.allSettled(
    toAsk.map(async (row) => {
      const verdict = await slots.run(async () => tryRow(deps, run, row));
      if (verdict !== null) await take(run, "sources", [{ row, verdict }]);
    }),
  );
  const failed = done.find((one) => one.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}

/** null: it was not begun. */
async function tryRow(deps: EngineDeps, run: Run, { siren }: OpenRow): Promise<RowVerdict | null> {
  run.cut ||= deps.now() > run.until;
  if (run.cut || run.writer.isOver) return null;
  if (run.task.mode === "test") return { kind: "ended", end: await endSynthetic(deps, run.task, siren) };
  const { verdict, recorded, credits } = await enrichRow(deps, run.task, siren);
  run.recorded ||= recorded;
  run.credits += credits;
  return verdict;
}

async function take(run: Run, origin: Origin, tried: { row: OpenRow; verdict: RowVerdict }[]): Promise<void> {
  const ends = [];
  for (const { row, verdict } of tried) {
    const failed = verdict.kind === "again" && !(verdict.queued && run.mayQueue);
    if (verdict.kind === "ended") ends.push({ rowNo: row.rowNo, ...verdict.end });
    else if (failed && row.attempts + 1 >= MOST_ATTEMPTS) ends.push({ rowNo: row.rowNo, ...verdict.last });
    else run.again.push({ row, retryAfterMs: verdict.retryAfterMs, failed });
  }
  if (ends.length > 0) await run.writer.add(origin, ends);
}

/**
 * Whoever postpones rows sends for them, and nobody else: a copy of a message that finds nothing to do must not go on
 * for ever beside the first. Sent before the rows are postponed: cut in between, they are tried once more.
 */
async function comeBack(deps: EngineDeps, run: Run, part: Required<Part>): Promise<void> {
  if (run.again.length === 0 && !run.cut) return;
  const now = deps.now();
  // One chance for the whole run: rows that failed alike come back together.
  const chance = deps.random();
  const postponed = run.again.map(({ row, retryAfterMs, failed }) => ({
    ...row,
    attempts: row.attempts + (failed ? 1 : 0),
    delayMs: retryDelayMs(row.attempts, chance, retryAfterMs),
  }));
  const delays = new Set(postponed.map((row) => Math.max(1, Math.ceil(row.delayMs / 1_000))));
  if (run.cut) delays.add(1);
  const message = { type: "task.chunk", task_id: part.taskId, chunk: part.chunk } as const;
  // A message for each moment at which some come due: nobody else sends for those that come later.
  for (const seconds of delays) await deps.queue.send([message], seconds);
  const rows = postponed.map((row) => ({ ...row, retryAt: new Date(now + row.delayMs).toISOString() }));
  if (rows.length > 0) await deps.tasks.postponeRows(part, rows);
}
