import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { BATCH_REACH, callSource } from "../../../../src/domain/enrichment/call-source.ts";
import type { CallReport, Permit } from "../../../../src/domain/enrichment/gate.ts";
import type { FailureReason } from "../../../../src/domain/enrichment/failure-reason.ts";
import type { SourceAnswer } from "../../../../src/domain/enrichment/ports.ts";
import { Urgency } from "../../../../src/domain/enrichment/urgency.ts";
import { buildRecord, SIREN } from "../../../support/enrichment-world.ts";

interface Step {
  answer: SourceAnswer;
  /** How long the source takes to say it. */
  takesMs?: number;
}

interface Scene {
  steps: Step[];
  permits?: Permit[];
  gateTakesMs?: number;
  policy?: { budgetMs: number; attemptMs: number; attempts: number };
  random?: () => number;
}

const GO: Permit = { kind: "go", waitMs: 0, watched: false };
const WATCHED: Permit = { kind: "go", waitMs: 0, watched: true };
const FOUND: SourceAnswer = { kind: "found", record: buildRecord(), partial: false, credits: 1 };
const NOT_FOUND: SourceAnswer = { kind: "not_found", credits: 0 };
const WHOLE = { aheadMs: 6_000, share: 1 };
const POLICY = { budgetMs: 8_000, attemptMs: 4_000, attempts: 3 };

function failure(reason: FailureReason, retryAfterMs: number | null = null, credits = 0): SourceAnswer {
  return { kind: "failed", failure: { reason, retryAfterMs, detail: reason }, credits };
}

const limits: number[] = [];

beforeEach(() => {
  limits.length = 0;
  vi.spyOn(AbortSignal, "timeout").mockImplementation((ms) => {
    limits.push(ms);
    return new AbortController().signal;
  });
});
afterEach(() => void vi.restoreAllMocks());

/** One source behind one gate, on a clock that only moves when somebody waits. */
async function play(scene: Scene) {
  let now = 1_000;
  let call = 0;
  const slept: number[] = [];
  const reports: CallReport[] = [];
  const patience: number[] = [];
  const result = await callSource(
    {
      gates: {
        acquire: async (_source, { maxWaitMs }) => {
          now += scene.gateTakesMs ?? 0;
          patience.push(maxWaitMs);
          const permit = scene.permits?.[patience.length - 1] ?? GO;
          // As the real gate: who cannot wait that long is not let through.
          if (permit.kind !== "go" || permit.waitMs <= maxWaitMs) return permit;
          return { kind: "busy", reason: "busy", retryAfterMs: permit.waitMs };
        },
        report: async (_source, report) => void reports.push(report),
      },
      pacing: {
        now: () => now,
        sleep: async (ms) => {
          slept.push(ms);
          now += ms;
        },
        random: scene.random ?? (() => 0),
      },
      policy: { ...(scene.policy ?? POLICY), reach: { request: WHOLE, batch: BATCH_REACH } },
      urgency: new Urgency("request"),
    },
    {
      name: "pappers",
      lookUp: async () => {
        const step = scene.steps[Math.min(call++, scene.steps.length - 1)] ?? { answer: NOT_FOUND };
        const limit = limits.at(-1) ?? 0;
        const took = step.takesMs ?? 0;
        now += Math.min(took, limit);
        return took > limit ? failure("timeout") : step.answer;
      },
    },
    { siren: SIREN, linkedin: [] },
  );
  return { result, slept, reports, patience, calls: call, elapsed: now - 1_000 };
}

describe("an answer", () => {
  test.each([FOUND, NOT_FOUND])("is returned after one call: $kind", async (answer) => {
    const { result, calls, reports } = await play({ steps: [{ answer, takesMs: 120 }] });
    expect(result).toEqual({ ...answer, calls: 1, durationMs: 120 });
    expect(calls).toBe(1);
    expect(reports).toEqual([]);
  });

  test("is waited for at most the time of one attempt", async () => {
    const { result, elapsed } = await play({
      steps: [{ answer: FOUND, takesMs: 60_000 }],
      policy: { ...POLICY, attempts: 1 },
    });
    expect(result).toMatchObject({ kind: "failed", failure: { reason: "timeout" } });
    expect(elapsed).toBe(4_000);
  });

  test("that was billed although it is no use is not paid for again", async () => {
    const steps = [{ answer: failure("malformed", null, 1) }, { answer: FOUND }];
    const { result } = await play({ steps });
    expect(result).toMatchObject({ failure: { reason: "malformed" }, calls: 1, credits: 1 });
  });
});

describe("a failure", () => {
  test.each(["busy", "unavailable", "timeout", "malformed"] as const)(
    "is tried again: %s",
    async (reason) => {
      const { result, calls } = await play({ steps: [{ answer: failure(reason) }, { answer: FOUND }] });
      expect(result.kind).toBe("found");
      expect(calls).toBe(2);
    },
  );

  test.each([
    "rejected",
    "invalid_key",
    "quota_exhausted",
    "not_configured",
    "linkedin_profile_required",
  ] as const)("is final: %s", async (reason) => {
    const { result, calls } = await play({ steps: [{ answer: failure(reason) }, { answer: FOUND }] });
    expect(result).toMatchObject({ kind: "failed", failure: { reason }, calls: 1 });
    expect(calls).toBe(1);
  });

  test("is returned after the last attempt", async () => {
    const { result, calls } = await play({ steps: [{ answer: failure("unavailable") }] });
    expect(result).toMatchObject({ kind: "failed", failure: { reason: "unavailable" }, calls: 3 });
    expect(calls).toBe(3);
  });

  test("is followed by waits that double, spread by chance", async () => {
    const steps = [{ answer: failure("unavailable") }];
    const policy = { ...POLICY, attempts: 5 };
    expect((await play({ steps, policy, random: () => 0 })).slept).toEqual([75, 150, 300, 600]);
    const late = await play({ steps, policy, random: () => 0.999 });
    expect(late.slept.map((ms) => Math.round(ms))).toEqual([150, 300, 600, 1_199]);
  });

  test("that says when to come back is not tried before", async () => {
    const steps = [{ answer: failure("busy", 2_000) }, { answer: FOUND }];
    const { result, slept } = await play({ steps, random: () => 0.5 });
    expect(result.kind).toBe("found");
    expect(slept).toEqual([2_037.5]);
  });

  test("that says to come back after our time is over ends it at once", async () => {
    const { result, slept, calls } = await play({ steps: [{ answer: failure("busy", 7_990) }] });
    expect(result).toMatchObject({ kind: "failed", failure: { reason: "busy", retryAfterMs: 7_990 } });
    expect(slept).toEqual([]);
    expect(calls).toBe(1);
  });
});

describe("the time budget", () => {
  test("bounds the last attempt by what is left", async () => {
    await play({ steps: [{ answer: FOUND, takesMs: 60_000 }] });
    expect(limits).toEqual([4_000, 3_925]);
  });

  test("holds whatever the source and the gate do", async () => {
    const step = fc.record({
      answer: fc.constantFrom(
        FOUND,
        failure("busy"),
        failure("busy", 900),
        failure("unavailable"),
        failure("malformed", null, 1),
      ),
      takesMs: fc.integer({ min: 0, max: 10_000 }),
    });
    const policy = fc.record({
      budgetMs: fc.integer({ min: 500, max: 9_000 }),
      attemptMs: fc.integer({ min: 100, max: 5_000 }),
      attempts: fc.integer({ min: 1, max: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          steps: fc.array(step, { minLength: 1, maxLength: 6 }),
          policy,
          gateTakesMs: fc.integer({ min: 0, max: 300 }),
        }),
        fc.array(fc.integer({ min: 0, max: 4_000 }), { maxLength: 6 }),
        async (scene, waits) => {
          limits.length = 0;
          const permits = waits.map((waitMs): Permit => ({ kind: "go", waitMs, watched: false }));
          const { elapsed, calls, result } = await play({ ...scene, permits });
          expect(elapsed).toBeLessThanOrEqual(scene.policy.budgetMs + scene.gateTakesMs);
          expect(Math.max(0, ...limits)).toBeLessThanOrEqual(scene.policy.attemptMs);
          expect(calls).toBeLessThanOrEqual(scene.policy.attempts);
          expect(result.calls).toBe(calls);
        },
      ),
    );
  });

  test("is not spent on a call that could not be answered in time: a slow gate is a time-out", async () => {
    const { result, calls, elapsed } = await play({ steps: [{ answer: FOUND }], gateTakesMs: 7_980 });
    expect(result).toMatchObject({ kind: "failed", failure: { reason: "timeout" }, calls: 0 });
    expect(calls).toBe(0);
    expect(elapsed).toBeLessThanOrEqual(8_000);
  });

  test("is what the gate is told: half an attempt must remain after the wait", async () => {
    const { patience } = await play({ steps: [{ answer: failure("unavailable"), takesMs: 3_000 }] });
    expect(patience).toEqual([6_000, 2_925, 0]);
  });
});

describe("the gate", () => {
  test("makes the call wait its turn", async () => {
    const permits: Permit[] = [{ kind: "go", waitMs: 700, watched: false }];
    const { result, slept } = await play({ steps: [{ answer: FOUND, takesMs: 10 }], permits });
    expect(slept).toEqual([700]);
    expect(result.durationMs).toBe(710);
  });

  test.each([
    [{ kind: "open", retryAfterMs: 30_000 } as const, "circuit_open"],
    [{ kind: "busy", reason: "busy", retryAfterMs: 900 } as const, "busy"],
    [{ kind: "busy", reason: "quota_exhausted", retryAfterMs: 60_000 } as const, "quota_exhausted"],
  ])("that refuses ends it without a call: %o", async (permit, reason) => {
    const { result, calls, slept, reports } = await play({ steps: [{ answer: FOUND }], permits: [permit] });
    expect(result).toMatchObject({
      kind: "failed",
      failure: { reason, retryAfterMs: permit.retryAfterMs },
      calls: 0,
      credits: 0,
    });
    expect([calls, slept, reports]).toEqual([0, [], []]);
  });

  test("that closes between two attempts ends it", async () => {
    const { result } = await play({
      steps: [{ answer: failure("malformed") }],
      permits: [GO, { kind: "open", retryAfterMs: 30_000 }],
    });
    expect(result).toMatchObject({ failure: { reason: "circuit_open" }, calls: 1 });
  });

  test.each(["unavailable", "timeout", "malformed"] as const)("hears of each failure: %s", async (reason) => {
    const { reports } = await play({ steps: [{ answer: failure(reason) }, { answer: FOUND }] });
    expect(reports).toEqual([{ outcome: "failure", key: SIREN }]);
  });

  test("hears of a success only when it watches", async () => {
    expect((await play({ steps: [{ answer: FOUND }], permits: [WATCHED] })).reports).toEqual([
      { outcome: "success" },
    ]);
    expect((await play({ steps: [{ answer: NOT_FOUND }], permits: [WATCHED] })).reports).toHaveLength(1);
    expect((await play({ steps: [{ answer: NOT_FOUND }], permits: [GO] })).reports).toEqual([]);
  });

  test("takes a refusal of our request as a sign that the source lives", async () => {
    const steps = [{ answer: failure("rejected") }];
    expect((await play({ steps, permits: [WATCHED] })).reports).toEqual([{ outcome: "success" }]);
    expect((await play({ steps, permits: [GO] })).reports).toEqual([]);
  });

  test.each(["not_configured", "linkedin_profile_required"] as const)(
    "does not hear of what is our own fault: %s",
    async (reason) => {
      expect((await play({ steps: [{ answer: failure(reason) }], permits: [WATCHED] })).reports).toEqual([]);
    },
  );

  test.each([
    [failure("busy", 2_500), { reason: "busy", forMs: 2_500 }],
    [failure("busy"), { reason: "busy", forMs: 1_000 }],
    [failure("invalid_key"), { reason: "invalid_key", forMs: 60_000 }],
    [failure("quota_exhausted"), { reason: "quota_exhausted", forMs: 60_000 }],
  ])("is told to pause: %o", async (answer, pause) => {
    const { reports } = await play({ steps: [{ answer }], policy: { ...POLICY, attempts: 1 } });
    expect(reports).toEqual([{ outcome: "pause", ...pause }]);
  });
});
