import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TaskAnnouncement, TaskProgress } from "../../../../src/domain/jobs/ports.ts";
import { type Counts, noCounts, OUTCOMES, type Outcome, totalOf } from "../../../../src/domain/jobs/task.ts";
import {
  type BoardState,
  isComplete,
  newBoard,
  progressOf,
  type Standing,
  sumCounts,
  takeRecord,
  takeReport,
} from "../../../../src/domain/jobs/task-progress.ts";

const NOW = Date.parse("2026-11-20T09:00:00.000Z");
const at = (ms: number): string => new Date(ms).toISOString();

function announcement(rows: number, more: Partial<TaskAnnouncement> = {}): TaskAnnouncement {
  return {
    taskId: "tsk_1",
    organisationId: "org_a",
    type: "batch",
    mode: "live",
    parentId: null,
    rows,
    createdAt: at(NOW),
    ...more,
  };
}

function countsOf(outcomes: Outcome[]): Counts {
  const counts = noCounts();
  for (const outcome of outcomes) counts[outcome] += 1;
  return counts;
}

function standing(more: Partial<Standing>): Standing {
  const none = { startedAt: null, finishedAt: null, cancelRequestedAt: null, failure: null };
  return { status: "running", counts: noCounts(), ...none, ...more };
}

function enriched(count: number): Counts {
  return { ...noCounts(), enriched: count };
}

/** The object without its storage. */
class Board {
  state: BoardState;
  readonly parts = new Map<string, Counts>();

  constructor(rows: number, more?: Partial<TaskAnnouncement>) {
    this.state = newBoard(announcement(rows, more));
  }

  report(part: string, counts: Counts, now = NOW): void {
    const taken = takeReport(this.state, { part, before: this.parts.get(part), counts }, now);
    if (taken === null) return;
    this.parts.set(part, taken.counts);
    this.state = taken.state;
  }

  record(record: Partial<Standing>): void {
    this.state = takeRecord(this.state, standing(record));
  }

  progress(now = NOW): TaskProgress {
    return progressOf(this.state, sumCounts(this.parts.values()), now);
  }
}

/** A task whose rows end one after another in their parts; every message about it that could ever be sent. */
const histories = fc
  .array(fc.record({ part: fc.nat(4), outcome: fc.constantFrom(...OUTCOMES) }), {
    minLength: 1,
    maxLength: 40,
  })
  .map((ends) => {
    const reports = ends.map((_, index) => {
      const part = ends[index]?.part ?? 0;
      const own = ends.slice(0, index + 1).filter((end) => end.part === part);
      return {
        kind: "report",
        part: `chunk:${part}`,
        counts: countsOf(own.map(({ outcome }) => outcome)),
      } as const;
    });
    const records = ends.map(
      (_, index) =>
        ({ kind: "record", counts: countsOf(ends.slice(0, index).map(({ outcome }) => outcome)) }) as const,
    );
    return { ends, messages: [...reports, ...records] };
  });

const deliveries = histories.chain(({ ends, messages }) =>
  fc.record({
    ends: fc.constant(ends),
    some: fc.array(fc.constantFrom(...messages), { maxLength: 60 }),
    all: fc.shuffledSubarray(messages, { minLength: messages.length }),
  }),
);

describe("progress", () => {
  test("never goes back, and never says more than is true, in whatever order and however often reports come", () => {
    fc.assert(
      fc.property(deliveries, ({ ends, some, all }) => {
        const board = new Board(ends.length);
        const truth = countsOf(ends.map(({ outcome }) => outcome));
        let before = board.progress();
        for (const message of [...some, ...all]) {
          if (message.kind === "report") board.report(message.part, message.counts);
          else board.record({ counts: message.counts });
          const after = board.progress();
          for (const outcome of OUTCOMES) {
            expect(after.counts[outcome]).toBeGreaterThanOrEqual(before.counts[outcome]);
            expect(after.counts[outcome]).toBeLessThanOrEqual(truth[outcome]);
          }
          const changed = totalOf(after.counts) > totalOf(before.counts) || after.status !== before.status;
          expect(after.seq > before.seq).toBe(changed);
          before = after;
        }
        expect(before.counts).toEqual(truth);
        expect(isComplete(before)).toBe(true);
        board.record({ status: "completed", counts: truth, finishedAt: at(NOW) });
        const end = board.progress();
        expect([end.status, end.counts, end.seq > before.seq]).toEqual(["completed", truth, true]);
        for (const message of some) if (message.kind === "report") board.report(message.part, message.counts);
        board.record({ counts: noCounts() });
        expect(board.progress()).toEqual(end);
      }),
    );
  });

  test("has the same number wherever it is read: built from reports or from Postgres", () => {
    const board = new Board(10);
    board.report("chunk:0", countsOf(["enriched", "partial"]));
    board.report("split:0", countsOf(["invalid"]));
    const rebuilt = new Board(10);
    rebuilt.record({ counts: countsOf(["enriched", "partial", "invalid"]), startedAt: at(NOW) });
    expect(rebuilt.progress().seq).toBe(board.progress().seq);
    board.record({ cancelRequestedAt: at(NOW) });
    expect(board.progress().seq).toBe(rebuilt.progress().seq + 1);
  });

  test("begins with the first report, even of nothing, at the moment it came", () => {
    const board = new Board(10);
    expect(board.progress()).toMatchObject({ status: "queued", startedAt: null, seq: 0 });
    board.report("split:0", noCounts(), NOW + 500);
    expect(board.progress()).toMatchObject({ status: "running", startedAt: at(NOW + 500), seq: 1 });
    board.record({ status: "queued" });
    expect(board.progress().status).toBe("running");
  });

  test("a report that says nothing new changes nothing", () => {
    const board = new Board(10);
    board.report("chunk:0", countsOf(["enriched", "partial"]));
    const { state } = board;
    board.report("chunk:0", countsOf(["enriched"]));
    board.report("chunk:0", countsOf(["enriched", "partial"]));
    expect(board.state).toBe(state);
  });

  test("a task that failed says why, and has the counts of its recount", () => {
    const board = new Board(10);
    board.report("chunk:0", countsOf(["enriched"]));
    const counts = countsOf(["enriched", ...Array<Outcome>(9).fill("upstream_error")]);
    board.record({ status: "failed", counts, failure: "upload_missing", finishedAt: at(NOW) });
    expect(board.progress()).toMatchObject({ status: "failed", counts, failure: "upload_missing" });
  });
});

describe("pace", () => {
  test("is what ended in the last minute; the rest of the rows follow from it", () => {
    const board = new Board(1_000);
    board.report("chunk:0", enriched(0), NOW);
    board.report("chunk:0", enriched(50), NOW + 5_000);
    expect(board.progress(NOW + 10_000)).toMatchObject({ ratePerSecond: 5, etaSeconds: 190 });
    board.report("chunk:1", enriched(50), NOW + 30_000);
    expect(board.progress(NOW + 60_000)).toMatchObject({ ratePerSecond: 1.67, etaSeconds: 540 });
    expect(board.progress(NOW + 70_000).ratePerSecond).toBe(0.83);
    expect(board.progress(NOW + 600_000)).toMatchObject({ ratePerSecond: 0, etaSeconds: null });
  });

  test("does not count rows that needed no work", () => {
    const board = new Board(100);
    board.report("split:0", { ...noCounts(), duplicate: 40 }, NOW);
    expect(board.progress(NOW + 6_000)).toMatchObject({ ratePerSecond: 0, etaSeconds: null });
  });

  test("for five seconds is not known: what was promised counts, less the time since the work began", () => {
    const board = new Board(100, { estimatedSeconds: 50 });
    expect(board.progress(NOW + 30_000).etaSeconds).toBe(50);
    board.report("split:0", { ...noCounts(), duplicate: 50 }, NOW + 30_000);
    board.report("chunk:0", enriched(10), NOW + 30_500);
    expect(board.progress(NOW + 31_000)).toMatchObject({ ratePerSecond: 2, etaSeconds: 49 });
    expect(board.progress(NOW + 34_999).etaSeconds).toBe(46);
    expect(board.progress(NOW + 35_000)).toMatchObject({ ratePerSecond: 2, etaSeconds: 20 });
    expect(new Board(100).progress().etaSeconds).toBeNull();
  });

  test("never promises less than nothing, and nothing only when no row is left", () => {
    const beats = fc.array(
      fc.record({ wait: fc.integer({ min: -2_000, max: 20_000 }), rows: fc.nat(60), worked: fc.boolean() }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(beats, fc.option(fc.nat(100)), (steps, estimatedSeconds) => {
        const board = new Board(1_000, { estimatedSeconds });
        let now = NOW;
        for (const [index, { wait, rows, worked }] of steps.entries()) {
          now += wait;
          board.report(`${worked ? "chunk" : "split"}:${index}`, enriched(rows), now);
          const { etaSeconds, ratePerSecond, counts } = board.progress(now);
          expect(ratePerSecond).toBeGreaterThanOrEqual(0);
          const least = totalOf(counts) < 1_000 ? 1 : 0;
          expect(etaSeconds ?? least).toBeGreaterThanOrEqual(least);
        }
      }),
    );
  });

  test("is over with the task", () => {
    const board = new Board(1);
    board.report("chunk:0", countsOf(["enriched"]), NOW);
    board.record({ status: "completed", counts: countsOf(["enriched"]) });
    expect(board.progress(NOW + 1_000)).toMatchObject({ ratePerSecond: 0, etaSeconds: 0 });
  });
});
