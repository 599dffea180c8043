import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  BURST_MS,
  LEASE_MS,
  type LimitWindow,
  newWindowState,
  readWindow,
  takeBack,
  takePermits,
  type WindowState,
} from "../../../../src/domain/limits/sliding-window.ts";
import { mostInAnyWindow } from "./true-log.ts";

const START = 1_800_000_000_123;
const HOUR = 3_600_000;

function take(state: WindowState, window: LimitWindow, now: number, want = 1) {
  return takePermits(state, window, { now, want, leaseId: "lease" });
}

function spendAll(state: WindowState, window: LimitWindow, now: number): number {
  let admitted = 0;
  while (take(state, window, now).granted > 0) admitted += 1;
  return admitted;
}

const windowArbitrary = fc.record({
  policy: fc.constant("search"),
  limit: fc.integer({ min: 1, max: 12 }),
  windowMs: fc.integer({ min: 1, max: 20_000 }),
  burst: fc.constant(0),
});
const burstyArbitrary = fc.record({
  policy: fc.constant("search"),
  limit: fc.integer({ min: 1, max: 12 }),
  windowMs: fc.integer({ min: 2 * BURST_MS, max: 4 * BURST_MS }),
  burst: fc.integer({ min: 0, max: 5 }),
});
const gapsArbitrary = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.constant(0) },
    { weight: 2, arbitrary: fc.integer({ min: 1, max: 50 }) },
    { weight: 1, arbitrary: fc.integer({ min: 50, max: 8_000 }) },
    { weight: 1, arbitrary: fc.integer({ min: 8_000, max: 90_000 }) },
  ),
  { maxLength: 120 },
);

describe("a limit", () => {
  test("is never exceeded in any window, and refuses nothing that a true log admits a thousandth of a window on", () => {
    fc.assert(
      fc.property(windowArbitrary, gapsArbitrary, (window, gaps) => {
        const state = newWindowState();
        const admitted: number[] = [];
        const step = Math.max(1, Math.floor(window.windowMs / 1_000));
        let now = START;
        for (const gap of gaps) {
          now += gap;
          const { granted } = take(state, window, now);
          const counted = admitted.filter((at) => at > now - window.windowMs - step).length;
          expect(granted === 1 || counted >= window.limit).toBe(true);
          if (granted === 1) admitted.push(now);
        }
        expect(mostInAnyWindow(admitted, window.windowMs)).toBeLessThanOrEqual(window.limit);
      }),
      { numRuns: 3_000 },
    );
  });

  test("with a burst allowance is never exceeded by more than it, in any window", () => {
    fc.assert(
      fc.property(burstyArbitrary, gapsArbitrary, (window, gaps) => {
        const state = newWindowState();
        const admitted: number[] = [];
        let now = START;
        for (const gap of gaps) {
          now += gap;
          if (take(state, window, now).granted === 1) admitted.push(now);
        }
        expect(mostInAnyWindow(admitted, window.windowMs)).toBeLessThanOrEqual(window.limit + window.burst);
      }),
      { numRuns: 3_000 },
    );
  });

  test("admits whoever waits exactly as long as a refusal says, and nobody earlier", () => {
    fc.assert(
      fc.property(fc.oneof(windowArbitrary, burstyArbitrary), gapsArbitrary, (window, gaps) => {
        const state = newWindowState();
        let now = START;
        for (const gap of gaps) {
          now += gap;
          const { granted, resetMs } = take(state, window, now);
          if (granted > 0) continue;
          expect(resetMs).toBeGreaterThan(0);
          expect(take(structuredClone(state), window, now + resetMs - 1).granted).toBe(0);
          expect(take(structuredClone(state), window, now + resetMs).granted).toBe(1);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test("remembers at most a thousand moments per window, however many requests there were", () => {
    const state = newWindowState();
    const window = { policy: "search", limit: 1_000_000, windowMs: HOUR, burst: 0 };
    for (let at = START; at < START + HOUR; at += 100) take(state, window, at);
    expect(state.charges.length).toBeLessThanOrEqual(1_001);
    expect(readWindow(state, window, START + HOUR).remaining).toBe(1_000_000 - 36_000);
  });

  test("tells what is left and when there is more, and says so without charging", () => {
    const state = newWindowState();
    const window = { policy: "login", limit: 3, windowMs: 60_000, burst: 0 };
    expect(readWindow(state, window, START)).toEqual({ remaining: 3, resetMs: 0 });
    const { remaining, resetMs } = take(state, window, START);
    expect(remaining).toBe(2);
    expect(resetMs).toBeGreaterThan(60_000);
    expect(resetMs).toBeLessThanOrEqual(60_060);
    for (let count = 0; count < 9; count++) readWindow(state, window, START + 10);
    expect(readWindow(state, window, START + 10)).toEqual({ remaining: 2, resetMs: resetMs - 10 });
  });

  test("that was lowered below what was used refuses until enough has left", () => {
    const state = newWindowState();
    const window = { policy: "search", limit: 8, windowMs: 10_000, burst: 0 };
    for (let count = 0; count < 8; count++) take(state, window, START + count * 1_000);
    const lowered = { ...window, limit: 2 };
    const { granted, resetMs } = take(state, lowered, START + 8_000);
    expect(granted).toBe(0);
    expect(take(structuredClone(state), lowered, START + 8_000 + resetMs - 1).granted).toBe(0);
    expect(take(state, lowered, START + 8_000 + resetMs).granted).toBe(1);
    expect(readWindow(state, lowered, START + 8_000 + resetMs).remaining).toBe(0);
  });
});

describe("the burst allowance", () => {
  const window = { policy: "enrichment", limit: 100, windowMs: HOUR, burst: 20 };

  test("lets a fifth more through within a minute of the first of them, once per window", () => {
    const state = newWindowState();
    for (let count = 0; count < 100; count++) take(state, window, START);
    for (let count = 0; count < 5; count++) expect(take(state, window, START + 1_000).granted).toBe(1);
    expect(take(state, window, START + 1_000 + BURST_MS - 1).granted).toBe(1);
    expect(take(state, window, START + 1_000 + BURST_MS).granted).toBe(0);
    expect(spendAll(state, window, START + HOUR - 1)).toBe(0);
  });

  test("is spent when it is spent: 120 in all, whatever comes", () => {
    const state = newWindowState();
    expect(spendAll(state, window, START)).toBe(120);
    expect(spendAll(state, window, START + 30_000)).toBe(0);
    expect(spendAll(state, window, START + HOUR + 3_600)).toBe(120);
  });
});

describe("a lease", () => {
  const window = { policy: "search", limit: 1_000, windowMs: HOUR, burst: 0 };

  test("is at most a fiftieth of the limit, and a single permit for small limits and near the end", () => {
    expect(take(newWindowState(), window, START, 500).granted).toBe(20);
    expect(take(newWindowState(), { ...window, limit: 100 }, START, 500).granted).toBe(1);
    const state = newWindowState();
    const sizes: number[] = [];
    for (let left = 1_000; left > 0; left -= sizes.at(-1) ?? 0) {
      sizes.push(take(state, window, START, 500).granted);
    }
    expect(sizes.filter((size) => size === 20)).toHaveLength(46);
    expect(sizes.filter((size) => size === 1)).toHaveLength(80);
    expect(take(state, window, START, 500).granted).toBe(0);
  });

  test("counts as if all of it were spent when it ends", () => {
    const state = newWindowState();
    take(state, window, START, 20);
    const { resetMs } = readWindow(state, window, START);
    expect(resetMs).toBeGreaterThan(HOUR + LEASE_MS);
    expect(resetMs).toBeLessThanOrEqual(HOUR + LEASE_MS + 3_600);
  });

  test("gives back what was not spent, after its end and once", () => {
    const state = newWindowState();
    takePermits(state, window, { now: START, want: 20, leaseId: "a" });
    const refund = [{ leaseId: "a", unspent: 15 }];
    expect(takeBack(state, refund, START + LEASE_MS - 1)).toEqual(["a"]);
    expect(readWindow(state, window, START + LEASE_MS - 1).remaining).toBe(980);
    expect(takeBack(state, refund, START + LEASE_MS)).toEqual([]);
    expect(readWindow(state, window, START + LEASE_MS).remaining).toBe(995);
    expect(takeBack(state, refund, START + LEASE_MS)).toEqual([]);
    expect(readWindow(state, window, START + LEASE_MS).remaining).toBe(995);
  });

  test("never gives back more than was granted, nor anything for a lease that never was", () => {
    const state = newWindowState();
    takePermits(state, window, { now: START, want: 20, leaseId: "a" });
    for (let count = 0; count < 30; count++) take(state, window, START);
    takeBack(state, [{ leaseId: "a", unspent: 9_999 }], START + LEASE_MS);
    takeBack(state, [{ leaseId: "b", unspent: 20 }], START + LEASE_MS);
    expect(readWindow(state, window, START + LEASE_MS).remaining).toBe(970);
  });
});

test("the permits of a lease count as if the last moment of the lease had spent them all", () => {
  const window = { policy: "search", limit: 1_000, windowMs: HOUR, burst: 0 };
  const state = newWindowState();
  const step = HOUR / 1_000;
  const at = Math.ceil(START / step) * step - 1;
  expect(take(state, window, at, 20).granted).toBe(20);
  const spent = at + LEASE_MS - 1;
  expect(readWindow(state, window, spent + HOUR - 1).remaining).toBe(980);
});
