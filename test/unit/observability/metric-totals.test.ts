import { describe, expect, test } from "vitest";
import type { MetricDeltas } from "../../../src/observability/metric-buffer.ts";
import { MetricTotals } from "../../../src/observability/metric-totals.ts";

const NOTHING: MetricDeltas = { counters: [], histograms: [], gauges: [] };
const EMPTY = { metrics: [], isolates: [] };

function logged(by: number, level = "info"): MetricDeltas {
  return { ...NOTHING, counters: [{ name: "log_events_total", values: [level], by }] };
}

function inProgress(value: number): MetricDeltas {
  return { ...NOTHING, gauges: [{ name: "http_requests_in_progress", values: [], value }] };
}

const DAY = 86_400_000;

function ran(jobs: string[]): MetricDeltas {
  return {
    ...NOTHING,
    counters: jobs.map((job) => ({ name: "cron_runs_total", values: [job, "ok"], by: 1 })),
  };
}

function succeeded(at: number): MetricDeltas {
  return {
    ...NOTHING,
    gauges: [{ name: "cron_last_success_timestamp_seconds", values: ["tidy"], value: at }],
  };
}

/** What would be read after the object was evicted, had it stored all it knew. */
function evicted(totals: MetricTotals, now = 0): MetricTotals {
  const { metrics, isolates } = totals.changes(now);
  return new MetricTotals(structuredClone({ metrics, isolates }));
}

describe("the totals of a shard", () => {
  test("take every report once, in whatever order isolates come", () => {
    const totals = new MetricTotals(EMPTY);
    expect(totals.add({ isolate: "a", seq: 1, deltas: logged(3) }, 0)).toBe(true);
    expect(totals.add({ isolate: "b", seq: 7, deltas: logged(10) }, 0)).toBe(true);
    expect(totals.add({ isolate: "a", seq: 1, deltas: logged(3) }, 0)).toBe(false);
    expect(totals.add({ isolate: "a", seq: 2, deltas: logged(4) }, 0)).toBe(true);
    expect(totals.add({ isolate: "a", seq: 1, deltas: logged(3) }, 0)).toBe(false);
    expect(totals.snapshot(0).counters).toEqual([{ name: "log_events_total", values: ["info"], by: 17 }]);
  });

  test("outlive the object, and so does what was heard", () => {
    const totals = new MetricTotals(EMPTY);
    totals.add({ isolate: "a", seq: 1, deltas: logged(3) }, 0);
    const again = evicted(totals);
    expect(again.add({ isolate: "a", seq: 1, deltas: logged(3) }, 0)).toBe(false);
    expect(again.snapshot(0)).toEqual(totals.snapshot(0));
    expect(again.changes(0)).toEqual({ metrics: [], isolates: [], forgotten: [] });
  });

  test("only what changed is to be stored, until it is", () => {
    const totals = new MetricTotals(EMPTY);
    totals.add({ isolate: "a", seq: 1, deltas: logged(3) }, 0);
    expect(totals.changes(0).metrics.map(({ name }) => name)).toEqual(["log_events_total"]);
    expect(totals.changes(0).isolates).toEqual([{ isolate: "a", seq: 1, at: 0 }]);
    totals.stored();
    expect(totals.changes(0)).toEqual({ metrics: [], isolates: [], forgotten: [] });
  });

  test("an isolate is forgotten a day after it was last heard, and when there are too many", () => {
    const totals = new MetricTotals(EMPTY);
    totals.add({ isolate: "old", seq: 1, deltas: NOTHING }, 0);
    for (let at = 0; at < 10_000; at += 1) totals.add({ isolate: `i${at}`, seq: 1, deltas: NOTHING }, 1_000);
    expect(totals.changes(1_000).forgotten).toEqual(["old"]);
    totals.add({ isolate: "i0", seq: 2, deltas: NOTHING }, 86_400_000);
    const { forgotten } = totals.changes(86_402_000);
    expect(forgotten).toHaveLength(9_999);
    expect(forgotten).not.toContain("i0");
  });

  test("a metric whose buckets changed starts again; one that is no longer known is left out", () => {
    const totals = new MetricTotals(EMPTY);
    totals.add({ isolate: "a", seq: 1, deltas: logged(3) }, 0);
    const { metrics } = totals.changes(0);
    const foreign = metrics.map((metric) => ({ ...metric, shape: "another" }));
    expect(new MetricTotals({ metrics: foreign, isolates: [] }).snapshot(0)).toEqual(NOTHING);
    const unknown = metrics.map((metric) => ({ ...metric, name: "gone_total" }));
    expect(new MetricTotals({ metrics: unknown, isolates: [] }).snapshot(0)).toEqual(NOTHING);
  });

  test("what another version of the code reports is taken as far as this one understands it", () => {
    const totals = new MetricTotals(EMPTY);
    const deltas: MetricDeltas = {
      counters: [
        { name: "not_known_total", values: [], by: 1 },
        { name: "toString", values: [], by: 1 },
        { name: "log_events_total", values: ["info", "too many"], by: 1 },
        { name: "log_events_total", values: ["fatal"], by: 2 },
      ],
      histograms: [{ name: "ma_scores_distribution", values: [], counts: [1, 2], sum: 3 }],
      gauges: [{ name: "gone", values: [], value: 1 }],
    };
    totals.add({ isolate: "a", seq: 1, deltas }, 0);
    expect(totals.snapshot(0)).toEqual({
      ...NOTHING,
      counters: [{ name: "log_events_total", values: ["other"], by: 2 }],
    });
  });

  test("series are bounded, whatever isolates say", () => {
    const totals = new MetricTotals(EMPTY);
    for (let isolate = 0; isolate < 5; isolate += 1) {
      const counters = Array.from({ length: 60 }, (_, at) => ({
        name: "cron_runs_total",
        values: [`job-${isolate}-${at}`, "ok"],
        by: 1,
      }));
      totals.add({ isolate: `i${isolate}`, seq: 1, deltas: { ...NOTHING, counters } }, 0);
    }
    const { counters } = totals.snapshot(0);
    expect(counters).toHaveLength(61);
    expect(counters.find(({ values }) => values[0] === "other")?.by).toBe(240);
  });

  test("so are they where each label is within its bounds", () => {
    const totals = new MetricTotals(EMPTY);
    const counters = Array.from({ length: 4_000 }, (_, at) => ({
      name: "http_requests_total",
      values: ["GET", `/route-${at % 200}`, String(200 + (at % 59))],
      by: 1,
    }));
    totals.add({ isolate: "a", seq: 1, deltas: { ...NOTHING, counters } }, 0);
    const found = totals.snapshot(0).counters;
    expect(found.length).toBeLessThanOrEqual(3_001);
    expect(found.reduce((sum, { by }) => sum + by, 0)).toBe(4_000);
    expect(found.at(-1)?.values).toEqual(["GET", "other", "other"]);
  });

  test("a label that is full makes room for new values, by what did not change for 14 days", () => {
    let totals = new MetricTotals(EMPTY);
    totals.add({ isolate: "a", seq: 1, deltas: ran(Array.from({ length: 60 }, (_, at) => `job-${at}`)) }, 0);
    totals.add({ isolate: "a", seq: 2, deltas: ran(["job-0"]) }, 10 * DAY);
    totals = evicted(totals);
    const told = (): [string | undefined, number][] =>
      totals.snapshot(0).counters.map(({ values, by }) => [values[0], by]);
    totals.add({ isolate: "a", seq: 3, deltas: ran(["new"]) }, 14 * DAY);
    expect(told()).toHaveLength(61);
    expect(told().at(-1)).toEqual(["other", 1]);
    totals.add({ isolate: "a", seq: 4, deltas: ran(["new", "newer"]) }, 15 * DAY);
    expect(told()).toEqual([
      ["job-0", 2],
      ["other", 1],
      ["new", 1],
      ["newer", 1],
    ]);
    expect(evicted(totals).snapshot(0)).toEqual(totals.snapshot(0));
  });

  test("what an isolate says of itself is what it said last, whatever it was that it then handed over", () => {
    const totals = new MetricTotals(EMPTY);
    totals.add({ isolate: "a", seq: 1, deltas: inProgress(3) }, 0);
    totals.add({ isolate: "a", seq: 2, deltas: { ...logged(1), gauges: inProgress(0).gauges } }, 1_000);
    expect(totals.snapshot(1_000).gauges.map(({ value }) => value)).toEqual([0]);
  });

  test("who is silent for a minute is no longer there; what happened last stays", () => {
    const totals = new MetricTotals(EMPTY);
    totals.add({ isolate: "a", seq: 1, deltas: inProgress(3) }, 0);
    totals.add({ isolate: "b", seq: 1, deltas: inProgress(4) }, 30_000);
    expect(totals.snapshot(60_000).gauges.map(({ value }) => value)).toEqual([3, 4]);
    expect(totals.snapshot(60_001).gauges.map(({ value }) => value)).toEqual([4]);
    totals.add({ isolate: "a", seq: 2, deltas: succeeded(500) }, 70_000);
    totals.add({ isolate: "b", seq: 2, deltas: succeeded(400) }, 70_000);
    expect(evicted(totals).snapshot(900_000).gauges).toEqual([
      { name: "cron_last_success_timestamp_seconds", values: ["tidy"], value: 500 },
    ]);
  });
});
