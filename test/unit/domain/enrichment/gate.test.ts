import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  acquire,
  BREAKER,
  type GateState,
  newGateState,
  type Permit,
  type RateLimit,
  report,
} from "../../../../src/domain/enrichment/gate.ts";

const LIMITS: RateLimit[] = [{ limit: 2, window_ms: 1_000 }];
const PATIENT = 60_000;

function go(state: GateState, now: number, limits = LIMITS): Permit {
  return acquire(state, limits, { now, maxWaitMs: PATIENT });
}

function failTimes(state: GateState, times: number, now: number): void {
  for (let count = 0; count < times; count++)
    report(state, { outcome: "failure", key: `siren ${count}` }, now);
}

/** The same rules from their definition: try each candidate moment against the whole log. */
function firstAllowed(log: number[], limits: RateLimit[], now: number): number {
  const last = log.at(-1) ?? now;
  const ends = limits.flatMap(({ window_ms }) => log.map((at) => at + window_ms));
  const candidates = [now, last, ...ends].filter((at) => at >= now && at >= last).toSorted((a, b) => a - b);
  const keeps = (at: number) =>
    limits.every(({ limit, window_ms }) => log.filter((one) => one > at - window_ms).length < limit);
  return candidates.find(keeps) ?? Number.POSITIVE_INFINITY;
}

const limitsArbitrary = fc.array(
  fc.record({ limit: fc.integer({ min: 1, max: 6 }), window_ms: fc.integer({ min: 1, max: 400 }) }),
  { minLength: 1, maxLength: 3 },
);
const scheduleArbitrary = fc.array(
  fc.record({ after: fc.integer({ min: 0, max: 150 }), maxWaitMs: fc.integer({ min: 0, max: 300 }) }),
  { maxLength: 60 },
);

describe("the rate of a source", () => {
  test("is never exceeded in any window, and no call waits longer than a sliding log asks", () => {
    fc.assert(
      fc.property(limitsArbitrary, scheduleArbitrary, (limits, schedule) => {
        const state = newGateState();
        const log: number[] = [];
        let now = 1_000_000;
        for (const { after, maxWaitMs } of schedule) {
          now += after;
          const expected = firstAllowed(log, limits, now);
          const permit = acquire(state, limits, { now, maxWaitMs });
          const wait = expected - now;
          expect(permit).toEqual(
            wait <= maxWaitMs
              ? { kind: "go", waitMs: wait, watched: false }
              : { kind: "busy", reason: "busy", retryAfterMs: wait },
          );
          if (permit.kind === "go") log.push(expected);
        }
        for (const { limit, window_ms } of limits) {
          for (const start of log) {
            expect(log.filter((at) => at >= start && at < start + window_ms).length).toBeLessThanOrEqual(
              limit,
            );
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test("is free to that part which not everybody may use, and never exceeded by who may", () => {
    const scale = 10_000;
    const slow = limitsArbitrary.map((limits) =>
      limits.map(({ limit, window_ms }) => ({ limit, window_ms: window_ms * scale })),
    );
    const callers = fc.array(
      fc.record({ after: fc.nat(150), maxWaitMs: fc.nat(300), share: fc.constantFrom(1, 2 / 3, 1 / 3) }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(slow, callers, (limits, schedule) => {
        const state = newGateState();
        const log: number[] = [];
        let now = 1_000_000_000;
        for (const { after, maxWaitMs, share } of schedule) {
          now += after * scale;
          const parts = limits.map((one) => ({ ...one, limit: Math.max(1, Math.floor(one.limit * share)) }));
          const wait = firstAllowed(log, parts, now) - now;
          const permit = acquire(state, limits, { now, maxWaitMs: maxWaitMs * scale, share });
          expect(permit).toMatchObject(
            wait <= maxWaitMs * scale ? { kind: "go", waitMs: wait } : { kind: "busy", retryAfterMs: wait },
          );
          if (permit.kind === "go") log.push(now + wait);
        }
        for (const { limit, window_ms } of limits)
          expect(log.filter((at, n) => at - (log[n - limit] ?? 0) < window_ms)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test("is the same for all where a window is over in two seconds", () => {
    const state = newGateState();
    const place = { now: 0, maxWaitMs: 0, share: 1 / 2 };
    const limits = [{ limit: 2, window_ms: 2_000 }];
    expect([acquire(state, limits, place).kind, acquire(state, limits, place).kind]).toEqual(["go", "go"]);
    const slower = [{ limit: 2, window_ms: 2_001 }];
    expect(acquire(newGateState(), slower, place).kind).toBe("go");
    expect(acquire(state, slower, place)).toMatchObject({ kind: "busy", retryAfterMs: 2_001 });
  });

  test("queues the calls over the limit, in the order in which they came", () => {
    const state = newGateState();
    expect([go(state, 0), go(state, 0), go(state, 0), go(state, 10)]).toEqual([
      { kind: "go", waitMs: 0, watched: false },
      { kind: "go", waitMs: 0, watched: false },
      { kind: "go", waitMs: 1_000, watched: false },
      { kind: "go", waitMs: 990, watched: false },
    ]);
  });

  test("a caller that cannot wait is told when to come back, and takes nobody's place", () => {
    const state = newGateState();
    go(state, 0);
    go(state, 0);
    expect(acquire(state, LIMITS, { now: 400, maxWaitMs: 599 })).toEqual({
      kind: "busy",
      reason: "busy",
      retryAfterMs: 600,
    });
    expect(go(state, 1_000)).toMatchObject({ kind: "go", waitMs: 0 });
  });

  test("remembers no more calls than its longest window needs", () => {
    const state = newGateState();
    for (let now = 0; now < 100_000; now += 500) go(state, now);
    expect(state.admissions.length).toBeLessThanOrEqual(3);
  });
});

describe("the circuit breaker of a source", () => {
  test("stays closed at nine failures in a row and opens for 30 s at the tenth", () => {
    const state = newGateState();
    failTimes(state, 9, 0);
    expect(go(state, 0)).toEqual({ kind: "go", waitMs: 0, watched: true });
    failTimes(state, 1, 100);
    expect(go(state, 100)).toEqual({ kind: "open", retryAfterMs: 30_000 });
    expect(go(state, 30_099)).toEqual({ kind: "open", retryAfterMs: 1 });
  });

  test("counts failures in a row only", () => {
    const state = newGateState();
    failTimes(state, 9, 0);
    report(state, { outcome: "success" }, 0);
    failTimes(state, 9, 0);
    expect(go(state, 0)).toMatchObject({ kind: "go" });
  });

  test("one company that a source chokes on never opens it, however often it is asked for", () => {
    const state = newGateState();
    for (let now = 0; now < 100; now++) report(state, { outcome: "failure", key: "999000037" }, now);
    expect(state.failures).toBe(BREAKER.perKey);
    expect(go(state, 100)).toMatchObject({ kind: "go" });
    failTimes(state, BREAKER.failures - BREAKER.perKey, 200);
    expect(go(state, 200)).toMatchObject({ kind: "open" });
  });

  test("lets exactly one probe through when half open", () => {
    const state = newGateState();
    failTimes(state, 10, 0);
    expect(go(state, 30_000)).toEqual({ kind: "go", waitMs: 0, watched: true });
    expect(go(state, 30_000)).toEqual({ kind: "open", retryAfterMs: BREAKER.probeMs });
    expect(go(state, 39_999)).toEqual({ kind: "open", retryAfterMs: 1 });
  });

  test("lets another probe through when the first one was never heard of", () => {
    const state = newGateState();
    failTimes(state, 10, 0);
    go(state, 30_000);
    expect(go(state, 40_000)).toMatchObject({ kind: "go", watched: true });
  });

  test("a probe that works closes it for everybody", () => {
    const state = newGateState();
    failTimes(state, 10, 0);
    go(state, 30_000);
    report(state, { outcome: "success" }, 30_500);
    expect(go(state, 30_500)).toEqual({ kind: "go", waitMs: 0, watched: false });
    expect(go(state, 30_500)).toMatchObject({ kind: "go" });
  });

  test("a probe that fails keeps it open for another 30 s", () => {
    const state = newGateState();
    failTimes(state, 10, 0);
    go(state, 30_000);
    report(state, { outcome: "failure", key: "probe" }, 30_500);
    expect(go(state, 45_000)).toEqual({ kind: "open", retryAfterMs: 15_500 });
    expect(go(state, 60_500)).toMatchObject({ kind: "go", watched: true });
  });
});

describe("a pause the source asked for", () => {
  test.each(["busy", "invalid_key", "quota_exhausted"] as const)("is kept, and says why: %s", (reason) => {
    const state = newGateState();
    report(state, { outcome: "pause", reason, forMs: 5_000 }, 0);
    expect(acquire(state, LIMITS, { now: 1_000, maxWaitMs: 3_999 })).toEqual({
      kind: "busy",
      reason,
      retryAfterMs: 4_000,
    });
    expect(acquire(state, LIMITS, { now: 1_000, maxWaitMs: 4_000 })).toMatchObject({ waitMs: 4_000 });
    expect(acquire(state, LIMITS, { now: 5_000, maxWaitMs: 0 })).toMatchObject({ kind: "go", waitMs: 0 });
  });

  test("is not shortened or renamed by a later, shorter one, and lasts at most 15 minutes", () => {
    const state = newGateState();
    report(state, { outcome: "pause", reason: "quota_exhausted", forMs: 24 * 3_600_000 }, 0);
    report(state, { outcome: "pause", reason: "busy", forMs: 10 }, 0);
    expect(acquire(state, LIMITS, { now: 0, maxWaitMs: 0 })).toMatchObject({
      reason: "quota_exhausted",
      retryAfterMs: 900_000,
    });
  });

  test("does not count as a failure of the source", () => {
    const state = newGateState();
    for (let count = 0; count < 20; count++) {
      report(state, { outcome: "pause", reason: "busy", forMs: 1 }, 0);
    }
    expect(go(state, 10)).toEqual({ kind: "go", waitMs: 0, watched: false });
  });
});
