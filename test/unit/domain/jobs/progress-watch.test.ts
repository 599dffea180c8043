import { expect, test } from "vitest";
import type { TaskProgress } from "../../../../src/domain/jobs/ports.ts";
import { noCounts } from "../../../../src/domain/jobs/task.ts";
import {
  type ProgressEvent,
  type WatchDeps,
  watchProgress,
} from "../../../../src/domain/jobs/watch-progress.ts";

function progress(seq: number, status: TaskProgress["status"] = "running"): TaskProgress {
  return {
    taskId: "tsk_1",
    organisationId: "org_a",
    type: "batch",
    mode: "live",
    parentId: null,
    rows: 100,
    createdAt: "2026-11-20T09:00:00.000Z",
    status,
    counts: noCounts(),
    cancelRequestedAt: null,
    failure: null,
    ratePerSecond: 0,
    etaSeconds: null,
    startedAt: null,
    finishedAt: null,
    seq,
  };
}

/** Time that only sleeping moves on, and a task that is `at(ms)`. */
function world(at: (ms: number) => TaskProgress | null, leavesAt = Number.POSITIVE_INFINITY) {
  const clock = { now: 0, reads: 0 };
  const deps: WatchDeps = {
    read: async () => {
      clock.reads += 1;
      return at(clock.now);
    },
    sleep: async (ms) => {
      clock.now += ms;
    },
    hasLeft: () => clock.now >= leavesAt,
    now: () => clock.now,
  };
  return { deps, clock };
}

type Told = number | "heartbeat" | `end ${number}`;

function nameOf(event: ProgressEvent): Told {
  if (event.kind === "heartbeat") return event.kind;
  return event.kind === "end" ? `end ${event.progress.seq}` : event.progress.seq;
}

async function told(deps: WatchDeps, first: TaskProgress, seen = -1): Promise<Told[]> {
  const all: Told[] = [];
  for await (const event of watchProgress(deps, { first, seen })) all.push(nameOf(event));
  return all;
}

test("the present state at once, each change once, then the end", async () => {
  const { deps, clock } = world((ms) =>
    ms < 5_000 ? progress(ms < 3_000 ? 1 : 2) : progress(3, "completed"),
  );
  expect(await told(deps, progress(1))).toEqual([1, 2, 3, "end 3"]);
  expect(clock.now).toBe(5_000);
});

test("what was seen is not told again", async () => {
  const { deps } = world((ms) => (ms < 2_000 ? progress(7) : progress(8, "cancelled")));
  expect(await told(deps, progress(7), 7)).toEqual([8, "end 8"]);
});

test("the end is told again to whoever comes back after it", async () => {
  const { deps, clock } = world(() => null);
  expect(await told(deps, progress(9, "failed"), 9)).toEqual([9, "end 9"]);
  expect(clock.reads).toBe(0);
});

test("four looks a second at first, one later; a heartbeat every 15 seconds without news, and an end after 55", async () => {
  const { deps, clock } = world((ms) => progress(ms < 20_000 ? 1 : 2));
  expect(await told(deps, progress(1))).toEqual([1, "heartbeat", 2, "heartbeat", "heartbeat"]);
  expect(clock).toEqual({ now: 55_000, reads: 20 + 50 });
});

test("a poll that fails is no event", async () => {
  const { deps } = world((ms) =>
    ms % 2_000 === 0 ? progress(ms < 4_000 ? 1 : 2, ms < 4_000 ? "running" : "completed") : null,
  );
  expect(await told(deps, progress(1))).toEqual([1, 2, "end 2"]);
});

test("nobody asks any more once the watcher has left", async () => {
  const { deps, clock } = world(() => progress(1), 3_000);
  expect(await told(deps, progress(1))).toEqual([1]);
  expect(clock.reads).toBe(12);
});
