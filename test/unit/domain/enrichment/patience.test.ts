import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  type CalledAnswer,
  callSource,
  type RetryPolicy,
} from "../../../../src/domain/enrichment/call-source.ts";
import { acquire, type GateState, newGateState, report } from "../../../../src/domain/enrichment/gate.ts";
import { SIREN } from "../../../support/enrichment-world.ts";

const LIMIT = { limit: 7, window_ms: 1_000 };
const REQUEST: RetryPolicy = { budgetMs: 8_000, attemptMs: 4_000, attempts: 3 };
const BATCH: RetryPolicy = { ...REQUEST, budgetMs: 60_000, aheadMs: 250 };

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

/** One source of seven calls a second behind its real gate, on a clock that the test moves. */
function openSource() {
  const state: GateState = newGateState();
  const calledAt: number[] = [];
  let drawn = 0;
  const call = async (policy: RetryPolicy): Promise<Called> => {
    const asked = Date.now();
    const answer = await callSource(
      {
        gates: {
          acquire: async (_source, maxWaitMs) => acquire(state, [LIMIT], { now: Date.now(), maxWaitMs }),
          report: async (_source, one) => report(state, one, Date.now()),
        },
        pacing: {
          now: () => Date.now(),
          sleep: async (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
          random: () => (drawn++ % 10) / 10,
        },
        policy,
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

describe("while a batch has many companies under way", () => {
  test("a request waits little more than a window of its source, however long the batch", async () => {
    const { call } = openSource();
    const batch = Array.from({ length: 100 }, async () => call(BATCH));
    await vi.advanceTimersByTimeAsync(3_000);
    const request = call(REQUEST);
    await vi.advanceTimersByTimeAsync(60_000);
    expect((await request).answer.kind).toBe("not_found");
    expect((await request).waitedMs).toBeLessThan(1_300);
    const done = await Promise.all(batch);
    expect(done.every(({ answer }) => answer.kind === "not_found")).toBe(true);
  });

  test("the source is called as often as it allows, never more, and hardly ever less", async () => {
    const { call, calledAt } = openSource();
    const batch = Array.from({ length: 100 }, async () => call(BATCH));
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
    const refused = call(BATCH);
    await vi.advanceTimersByTimeAsync(60_000);
    const { answer } = await refused;
    expect(answer).toMatchObject({ kind: "failed", failure: { reason: "busy" }, calls: 0 });
    expect(calledAt).toEqual([]);
  });
});

test("an open breaker ends a batch's call at once: its row comes again later", async () => {
  const { call, state } = openSource();
  state.openUntil = Date.now() + 30_000;
  const { answer, waitedMs } = await call(BATCH);
  expect(answer).toMatchObject({ failure: { reason: "circuit_open", retryAfterMs: 30_000 } });
  expect(waitedMs).toBe(0);
});
