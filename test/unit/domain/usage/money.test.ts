import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SOURCE_NAMES } from "../../../../src/domain/enrichment/source.ts";
import {
  costMicros,
  eurosOf,
  microsOfCents,
  totalCredits,
  totalEuros,
} from "../../../../src/domain/usage/money.ts";
import { monthEnd, monthOf, monthRange } from "../../../../src/domain/usage/month.ts";
import { PLAN_BUDGET_CENTS } from "../../../../src/domain/usage/plan-budgets.ts";

const PRICES = { pappers: 0.02, kaspr: 0.3 };

const prices = fc.dictionary(
  fc.constantFrom(...SOURCE_NAMES),
  fc.integer({ min: 0, max: 1_000_000_000 }).map((micros) => micros / 1_000_000),
);
const spent = fc.dictionary(fc.constantFrom(...SOURCE_NAMES), fc.nat(10_000));

describe("money", () => {
  test("of a credit is what the settings say, and nothing for a source without a price", () => {
    expect(costMicros(PRICES, "pappers", 1)).toBe(20_000);
    expect(costMicros(PRICES, "kaspr", 3)).toBe(900_000);
    expect(costMicros(PRICES, "insee", 7)).toBe(0);
  });

  test.each([
    [{}, "0.0000"],
    [{ pappers: 1 }, "0.0200"],
    [{ pappers: 1, kaspr: 3 }, "0.9200"],
    [{ kaspr: 10 }, "3.0000"],
    [{ insee: 4 }, "0.0000"],
  ])("of %j is written %s", (credits, text) => {
    expect(totalEuros(PRICES, credits)).toBe(text);
  });

  test("below a hundredth of a cent keeps its digits", () => {
    expect(totalEuros({ pappers: 0.000125 }, { pappers: 1 })).toBe("0.000125");
  });

  test("is whole millionths, so that no order of adding changes a sum", () => {
    fc.assert(
      fc.property(prices, spent, (priced, credits) => {
        const parts = SOURCE_NAMES.map((source) => costMicros(priced, source, credits[source] ?? 0));
        expect(parts.every(Number.isSafeInteger)).toBe(true);
        const sum = parts.reduce((total, part) => total + part, 0);
        expect(parts.toReversed().reduce((total, part) => total + part, 0)).toBe(sum);
        expect(Math.round(Number(totalEuros(priced, credits)) * 1_000_000)).toBe(sum);
        expect(totalCredits(credits)).toBe(Object.values(credits).reduce((total, one) => total + one, 0));
      }),
    );
  });

  test("costs the same whether credits are paid together or one by one", () => {
    fc.assert(
      fc.property(prices, fc.constantFrom(...SOURCE_NAMES), fc.nat(1_000), (priced, source, credits) => {
        expect(costMicros(priced, source, credits)).toBe(credits * costMicros(priced, source, 1));
      }),
    );
  });

  test("in cents is the same money", () => {
    expect(eurosOf(microsOfCents(PLAN_BUDGET_CENTS.free ?? 0))).toBe(5);
    expect(PLAN_BUDGET_CENTS.admin).toBeNull();
  });
});

describe("a month", () => {
  test.each([
    ["2026-11-30T23:59:59.999Z", "2026-11", "2026-12-01T00:00:00.000Z"],
    ["2026-12-01T00:00:00.000Z", "2026-12", "2027-01-01T00:00:00.000Z"],
    ["2028-02-29T12:00:00.000Z", "2028-02", "2028-03-01T00:00:00.000Z"],
  ])("of %s is %s in UTC and ends at %s", (at, month, end) => {
    expect(monthOf(Date.parse(at))).toBe(month);
    expect(new Date(monthEnd(Date.parse(at))).toISOString()).toBe(end);
  });

  test("holds exactly the instants that are of it", () => {
    const instant = fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2099, 11, 31) });
    fc.assert(
      fc.property(instant, (at) => {
        const { from, to } = monthRange(monthOf(at));
        expect(from <= at && at < to).toBe(true);
        expect([monthOf(from), monthOf(to - 1)]).toEqual([monthOf(at), monthOf(at)]);
        expect(monthOf(to)).not.toBe(monthOf(at));
        expect(to).toBe(monthEnd(at));
      }),
    );
  });
});
