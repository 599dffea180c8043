import type { TaskAnnouncement, TaskProgress } from "./ports.ts";
import { type Counts, isTerminal, noCounts, OUTCOMES, type TaskStatus, totalOf } from "./task.ts";

const RATE_WINDOW_MS = 60_000;
/** What ends in less says nothing about the pace. */
const SHORTEST_WINDOW_MS = 5_000;
/** Steps in which the last minute is forgotten. */
const RATE_STEP_MS = 1_000;
/** Parts whose rows needed no work say nothing about the pace of it. */
const WORKED = "chunk:";

/** What a task is known to have come to, from one source or another. */
export interface Standing {
  status: TaskStatus;
  counts: Counts;
  startedAt: string | null;
  finishedAt: string | null;
  cancelRequestedAt: string | null;
  failure: string | null;
}

/** A task as the system of record has it. */
export interface RecordedTask extends Standing {
  task: TaskAnnouncement;
}

/** Rows that ended in one step of time. */
interface Step {
  at: number;
  rows: number;
}

/** What is kept of a task beside its parts; plain data. */
export interface BoardState extends Standing {
  /** `counts`: the most that Postgres ever said; they hold what is in no part. */
  task: TaskAnnouncement;
  recent: Step[];
}

export function newBoard(task: TaskAnnouncement): BoardState {
  return {
    task,
    status: "queued",
    counts: noCounts(),
    startedAt: null,
    finishedAt: null,
    cancelRequestedAt: null,
    failure: null,
    recent: [],
  };
}

/**
 * A row ends once and keeps its outcome: of two reports of the same rows the larger count of each outcome is the
 * later one. Whatever their order and however often they come, the result is the same.
 */
export function laterCounts(a: Counts, b: Counts): Counts {
  const later = noCounts();
  for (const outcome of OUTCOMES) later[outcome] = Math.max(a[outcome], b[outcome]);
  return later;
}

export function sumCounts(parts: Iterable<Counts>): Counts {
  const sum = noCounts();
  for (const counts of parts) for (const outcome of OUTCOMES) sum[outcome] += counts[outcome];
  return sum;
}

const RANK: Record<TaskStatus, number> = { queued: 0, running: 1, completed: 3, cancelled: 3, failed: 3 };

/** Counts and status only ever move forward, and so does their sum. */
function seqOf({ status, cancelRequestedAt }: Standing, counts: Counts): number {
  const cancelling = cancelRequestedAt !== null && !isTerminal(status) ? 1 : 0;
  return totalOf(counts) + RANK[status] + cancelling;
}

/** One part of a task has come to `counts`; null: that was known. Terminal tasks take no report. */
export function takeReport(
  state: BoardState,
  report: { part: string; before: Counts | undefined; counts: Counts },
  now: number,
): { state: BoardState; counts: Counts } | null {
  if (isTerminal(state.status)) return null;
  const before = report.before ?? noCounts();
  const counts = laterCounts(before, report.counts);
  const ended = totalOf(counts) - totalOf(before);
  if (ended === 0 && state.status === "running") return null;
  const started = state.startedAt ?? new Date(now).toISOString();
  const recent = report.part.startsWith(WORKED) ? withStep(state.recent, ended, now) : state.recent;
  return { state: { ...state, status: "running", startedAt: started, recent }, counts };
}

/** What Postgres says: it may be ahead of the reports or behind them, and what it knows for certain is that it ended. */
export function takeRecord(state: BoardState, record: Standing): BoardState {
  if (isTerminal(state.status)) return state;
  if (isTerminal(record.status)) return { ...state, ...standingOf(record) };
  const ahead = RANK[record.status] > RANK[state.status];
  return {
    ...state,
    status: ahead ? record.status : state.status,
    counts: laterCounts(state.counts, record.counts),
    startedAt: record.startedAt ?? state.startedAt,
    cancelRequestedAt: state.cancelRequestedAt ?? record.cancelRequestedAt,
  };
}

function standingOf(record: Standing): Standing {
  const { status, counts, startedAt, finishedAt, cancelRequestedAt, failure } = record;
  return { status, counts, startedAt, finishedAt, cancelRequestedAt, failure };
}

function withStep(recent: Step[], rows: number, now: number): Step[] {
  const at = Math.floor(now / RATE_STEP_MS) * RATE_STEP_MS;
  const kept = recent.filter((step) => step.at > now - RATE_WINDOW_MS && step.at !== at);
  const same = recent.find((step) => step.at === at)?.rows ?? 0;
  return [...kept, { at, rows: same + rows }];
}

/** ms since the work began. */
function elapsedOf({ startedAt }: BoardState, now: number): number {
  return startedAt === null ? 0 : Math.max(0, now - Date.parse(startedAt));
}

/** Rows that ended per second, over the last minute or since the work began. */
function rateOf(state: BoardState, now: number): number {
  const window = Math.min(RATE_WINDOW_MS, Math.max(SHORTEST_WINDOW_MS, elapsedOf(state, now)));
  const steps = state.recent.filter(({ at }) => at > now - RATE_WINDOW_MS);
  return (steps.reduce((sum, { rows }) => sum + rows, 0) * 1_000) / window;
}

/** From the pace of the last minute; before there is one, what is left of the promise. At least 1 while rows are left. */
function etaOf(state: BoardState, left: number, now: number): number | null {
  if (left === 0) return 0;
  const elapsed = elapsedOf(state, now);
  if (elapsed >= SHORTEST_WINDOW_MS) {
    const rate = rateOf(state, now);
    return rate > 0 ? Math.ceil(left / rate) : null;
  }
  const { estimatedSeconds = null } = state.task;
  return estimatedSeconds === null ? null : Math.max(1, Math.ceil(estimatedSeconds - elapsed / 1_000));
}

/** The view of a task; `parts`: the sum of what its parts reported. */
export function progressOf(state: BoardState, parts: Counts, now: number): TaskProgress {
  const ended = isTerminal(state.status);
  const counts = ended ? state.counts : laterCounts(parts, state.counts);
  const left = Math.max(0, state.task.rows - totalOf(counts));
  return {
    ...state.task,
    ...standingOf(state),
    counts,
    ratePerSecond: ended ? 0 : Math.round(rateOf(state, now) * 100) / 100,
    etaSeconds: ended ? 0 : etaOf(state, left, now),
    seq: seqOf(state, counts),
  };
}

/** Every row of a task that has not been ended yet has ended. */
export function isComplete({ status, counts, rows }: TaskProgress): boolean {
  return !isTerminal(status) && totalOf(counts) === rows;
}
