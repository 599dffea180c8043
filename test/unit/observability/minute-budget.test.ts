import { expect, test } from "vitest";
import { MinuteBudget } from "../../../src/observability/minute-budget.ts";

const NOON = Date.UTC(2026, 0, 1, 12);

test("so many a minute are taken, and as many again in the next", () => {
  const budget = new MinuteBudget(2);
  expect([0, 1, 2, 59_999].map((ms) => budget.take(NOON + ms))).toEqual([true, true, false, false]);
  expect([60_000, 60_001, 60_002].map((ms) => budget.take(NOON + ms))).toEqual([true, true, false]);
});

test("a clock that is set back does not leave it empty", () => {
  const budget = new MinuteBudget(1);
  expect([budget.take(NOON), budget.take(NOON)]).toEqual([true, false]);
  expect(budget.take(NOON - 3_600_000)).toBe(true);
});
