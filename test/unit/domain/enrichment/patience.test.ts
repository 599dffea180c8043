import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { BATCH_REACH, type CalledAnswer, callSource } from "../../../../src/domain/enrichment/call-source.ts";
import {
  acquire,
  type GateState,
  newGateState,
  type RateLimit,
  report,
} from "../../../../src/domain/enrichment/gate.ts";
import type { Patience } from "../../../../src/domain/enrichment/ports.ts";
import { Urgency } from "../../../../src/domain/enrichment/urgency.ts";
import { SIREN } from "../../../support/enrichment-world.ts";

const LIMIT = { limit: 7, window_ms: 1_000 };
const SLOW: RateLimit = { limit: 30, window_ms: 60_000 };
const BUDGET_MS: Record<Patience, number> = { request: 8_000, batch: 60_000 };
const REACH = { request: { aheadMs: 6_000, share: 1 }, batch: BATCH_REACH };

interface Called {
  answer: CalledAnswer;
  waitedMs: number;
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(AbortSignal, "timeout").mockReturnValue(new AbortController().signal);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** One source behind its real gate, on a clock that the test moves. */
function openSource(limit = LIMIT) {
  const state: GateState = newGateState();
  const calledAt: number[] = [];
  let drawn = 0;
  const call = async (patience: Patience, urgency = new Urgency(patience)): Promise<Called> => {
    const asked = Date.now();
    const answer = await callSource(
      {
        gates: {
          acquire: async (_source, place) => acquire(state, [limit], { now: Date.now(), ...place }),
          report: async (_source, one) => report(state, one, Date.now()),
        },
        pacing: {
          now: () => Date.now(),
          sleep: async (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
          random: () => (drawn++ % 10) / 10,
        },
        policy: { budgetMs: BUDGET_MS[patience], attemptMs: 4_000, attempts: 3, reach: REACH },
        urgency,
      },
      {
        name: "insee",
        lookUp: async () => {
          calledAt.push(Date.now());
          return { kind: "not_found", credits: 0 };
        },
      },
      { siren: SIREN, linkedin: [] },
    );
    return { answer, waitedMs: Date.now() - asked };
  };
  return { state, calledAt, call };
}

/** 96 companies under way, each followed by the next; a request every 10.3 s, if any, for ten minutes. */
async function contend({ requests }: { requests: number }) {
  const { call, calledAt } = openSource(SLOW);
  const scene = { over: false };
  const workers = Array.from({ length: 96 }, async () => {
    while (!scene.over) {
      const { answer } = await call("batch");
      if (answer.kind === "failed") await new Promise((resolve) => setTimeout(resolve, 5_000));
    }
  });
  await vi.advanceTimersByTimeAsync(120_000);
  const asked: Promise<Called>[] = [];
  const from = Date.now();
  for (let n = 0; n < 60; n++) {
    if (n < requests) asked.push(call("request"));
    await vi.advanceTimersByTimeAsync(10_300);
  }
  const minutes = (Date.now() - from) / 60_000;
  const perMinute = calledAt.filter((at) => at >= from).length / minutes;
  scene.over = true;
  await vi.advanceTimersByTimeAsync(130_000);
  await Promise.all(workers);
  return { answers: await Promise.all(asked), perMinute, calledAt };
}

describe("while a batch has many companies under way", () => {
  test("a request waits little more than a window of its source, however long the batch", async () => {
    const { call } = openSource();
    const batch = Array.from({ length: 100 }, async () => call("batch"));
    await vi.advanceTimersByTimeAsync(3_000);
    const request = call("request");
    await vi.advanceTimersByTimeAsync(60_000);
    expect((await request).answer.kind).toBe("not_found");
    expect((await request).waitedMs).toBeLessThan(1_300);
    const done = await Promise.all(batch);
    expect(done.every(({ answer }) => answer.kind === "not_found")).toBe(true);
  });

  test("the source is called as often as it allows, never more, and hardly ever less", async () => {
    const { call, calledAt } = openSource();
    const batch = Array.from({ length: 100 }, async () => call("batch"));
    await vi.advanceTimersByTimeAsync(60_000);
    await Promise.all(batch);
    const crowded = calledAt.filter((at, index) => at - (calledAt[index - LIMIT.limit] ?? -1_000) < 1_000);
    expect(crowded).toEqual([]);
    const took = ((calledAt.at(-1) ?? 0) - (calledAt[0] ?? 0)) / 1_000;
    expect(took).toBeLessThan((100 / LIMIT.limit) * 1.3);
  });

  test("what found no place within its budget says that the source is busy, and never called it", async () => {
    const { call, calledAt, state } = openSource();
    state.pausedUntil = Date.now() + 120_000;
    const refused = call("batch");
    await vi.advanceTimersByTimeAsync(60_000);
    const { answer } = await refused;
    expect(answer).toMatchObject({ kind: "failed", failure: { reason: "busy" }, calls: 0 });
    expect(calledAt).toEqual([]);
  });
});

describe("while a batch waits for a source with a long window", () => {
  test("every request is served at once, and the source is not called more often than it allows", async () => {
    const { answers, perMinute, calledAt } = await contend({ requests: 60 });
    expect(answers.filter(({ answer }) => answer.kind === "not_found")).toHaveLength(60);
    expect(Math.max(...answers.map(({ waitedMs }) => waitedMs))).toBeLessThan(1_000);
    expect(perMinute).toBeGreaterThan(19);
    const crowded = calledAt.filter((at, n) => at - (calledAt[n - SLOW.limit] ?? 0) < SLOW.window_ms);
    expect(crowded).toEqual([]);
  });

  test("two thirds of the places are the batch's while nobody else wants any", async () => {
    const { perMinute } = await contend({ requests: 0 });
    expect(perMinute).toBeGreaterThan(19);
    expect(perMinute).toBeLessThan(22);
  });

  test("a call of the batch that a request joins asks again at once, for any place of a request", async () => {
    const { call, calledAt } = openSource(SLOW);
    await Promise.all(Array.from({ length: 20 }, async () => call("batch")));
    await vi.advanceTimersByTimeAsync(10_000);
    const urgency = new Urgency("batch");
    const joined = call("batch", urgency);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(calledAt).toHaveLength(20);
    urgency.raise();
    await vi.advanceTimersByTimeAsync(0);
    expect((await joined).answer.kind).toBe("not_found");
    expect((await joined).waitedMs).toBe(10_000);
  });

  test("and where requests have taken all, takes no place so far ahead that they would wait behind it", async () => {
    const { call, state } = openSource(SLOW);
    await Promise.all(Array.from({ length: 30 }, async () => call("request")));
    const full = Date.now();
    await vi.advanceTimersByTimeAsync(10_000);
    const urgency = new Urgency("batch");
    const joined = call("batch", urgency);
    urgency.raise();
    await vi.advanceTimersByTimeAsync(43_000);
    expect(Math.max(...state.admissions)).toBe(full);
    await vi.advanceTimersByTimeAsync(7_000);
    expect((await joined).answer.kind).toBe("not_found");
  });
});

test("an open breaker ends a batch's call at once: its row comes again later", async () => {
  const { call, state } = openSource();
  state.openUntil = Date.now() + 30_000;
  const { answer, waitedMs } = await call("batch");
  expect(answer).toMatchObject({ failure: { reason: "circuit_open", retryAfterMs: 30_000 } });
  expect(waitedMs).toBe(0);
});
