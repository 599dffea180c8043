import { expect, test } from "vitest";
import { budgetCents } from "../../../../src/domain/usage/plan-budgets.ts";

test.each([
  ["free", null, 500],
  ["free", 300, 300],
  ["free", 0, 0],
  ["free", 100_000_000, 500],
  ["enterprise", 400_000, 400_000],
  ["admin", null, null],
  ["admin", 100, 100],
] as const)("on the plan %s a budget of its own of %s cents makes %s", (plan, own, budget) => {
  expect(budgetCents(plan, own)).toBe(budget);
});
