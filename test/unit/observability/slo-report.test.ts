import { describe, expect, test } from "vitest";
import { SloPoints } from "../../../src/observability/slo-points.ts";
import { isBreached, sloReport, type SloStanding } from "../../../src/observability/slo-report.ts";
import { type Slo, SLOS } from "../../../src/observability/slos.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = Date.UTC(2026, 0, 1);

function standing(points: SloPoints, now: number, id: string): SloStanding {
  const found = sloReport(points.totals(now)).find(({ slo }) => slo.id === id);
  if (found === undefined) throw new Error(`no objective ${id}`);
  return found;
}

/** 100 requests every 5 minutes, `bad` of them failing. */
function traffic(points: SloPoints, from: number, { to, bad }: { to: number; bad: number }): void {
  for (let at = from; at < to; at += 5 * MINUTE)
    points.add({ company_errors: { good: 100 - bad, total: 100 } }, at);
}

function declared(id: string): Slo {
  const slo = SLOS.find((one) => one.id === id);
  if (slo === undefined) throw new Error(`no objective ${id}`);
  return slo;
}

describe("an hour in which one request in ten fails, of an objective of 99.9 %", () => {
  const outage = START + 29 * DAY;
  const points = new SloPoints([]);
  traffic(points, START, { to: outage, bad: 0 });
  traffic(points, outage, { to: outage + HOUR, bad: 10 });
  traffic(points, outage + HOUR, { to: outage + DAY, bad: 0 });

  test("before it, the budget is whole and nothing burns", () => {
    const quiet = new SloPoints([]);
    traffic(quiet, START, { to: outage, bad: 0 });
    expect(standing(quiet, outage - 1, "company_errors")).toMatchObject({
      leftRatio: 1,
      burn: { "5m": 0, "3d": 0 },
      status: "met",
    });
  });

  test("at its end it burns as calculated by hand: the share that failed over the share that may", () => {
    const during = new SloPoints([]);
    traffic(during, START, { to: outage, bad: 0 });
    traffic(during, outage, { to: outage + HOUR, bad: 10 });
    const { burn } = standing(during, outage + HOUR, "company_errors");
    // 10 % of what happened within the window, over 0.1 %.
    expect(burn["5m"]).toBeCloseTo(100);
    expect(burn["1h"]).toBeCloseTo(100);
    expect(burn["2h"]).toBeCloseTo(50);
    expect(burn["6h"]).toBeCloseTo(100 / 6);
    expect(burn["1d"]).toBeCloseTo(100 / 24);
    expect(burn["3d"]).toBeCloseTo(100 / 72);
  });

  test("it costs 120 of the 864 errors that the month allows", () => {
    const now = outage + DAY - 1;
    const { good, total, allowed, leftRatio } = standing(points, now, "company_errors");
    expect([total - good, total]).toEqual([120, 30 * 24 * 12 * 100]);
    expect(allowed).toBeCloseTo(864);
    expect(leftRatio).toBeCloseTo(1 - 120 / 864);
  });

  test("it is at risk while it lasts, and met when it is over", () => {
    const during = new SloPoints([]);
    traffic(during, START, { to: outage, bad: 0 });
    traffic(during, outage, { to: outage + HOUR, bad: 10 });
    expect(standing(during, outage + HOUR - 1, "company_errors").status).toBe("at_risk");
    expect(standing(points, outage + 2 * HOUR, "company_errors").burn["6h"]).toBeGreaterThan(1);
    expect(standing(points, outage + DAY - 1, "company_errors").status).toBe("met");
  });

  test("it is forgotten after 30 days", () => {
    const now = outage + 31 * DAY;
    traffic(points, now - HOUR, { to: now, bad: 0 });
    points.changes(now);
    expect(standing(points, now, "company_errors")).toMatchObject({ leftRatio: 1, total: 1_200 });
  });
});

test("a budget that is spent to the last event is spent, one that is overspent is below zero", () => {
  const exact = new SloPoints([[START, { company_errors: { good: 999, total: 1_000 } }]]);
  expect(standing(exact, START, "company_errors")).toMatchObject({ leftRatio: 0, status: "spent" });
  const over = new SloPoints([[START, { company_errors: { good: 998, total: 1_000 } }]]);
  expect(standing(over, START, "company_errors")).toMatchObject({ leftRatio: -1, status: "spent" });
});

test("without events there is neither a budget nor a pace to tell of", () => {
  const { leftRatio, burn, status } = standing(new SloPoints([]), START, "company_errors");
  expect({ leftRatio, status, burns: new Set(Object.values(burn)) }).toEqual({
    leftRatio: null,
    status: "no_data",
    burns: new Set([null]),
  });
});

test("a span breaches an objective when it had events and too few were good", () => {
  const slo = declared("company_latency");
  expect(isBreached(slo, { good: 0, total: 0 })).toBe(false);
  expect(isBreached(slo, { good: 95, total: 100 })).toBe(false);
  expect(isBreached(slo, { good: 94, total: 100 })).toBe(true);
});
