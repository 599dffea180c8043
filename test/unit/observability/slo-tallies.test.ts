import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MetricBuffer } from "../../../src/observability/metric-buffer.ts";
import { METRICS } from "../../../src/observability/metrics.ts";
import { type Tallies, talliesOf } from "../../../src/observability/slo-tallies.ts";
import { SLO_IDS, SLO_KINDS, SLOS } from "../../../src/observability/slos.ts";

const COMPANY = { method: "GET", endpoint: "/api/v2/companies/{siren}" } as const;

interface Answer {
  method: string;
  endpoint: string;
  status: string;
  seconds: number;
}

function talliesOfAnswers(answers: readonly Answer[]): Tallies {
  const buffer = new MetricBuffer();
  for (const { seconds, ...labels } of answers) {
    buffer.observe("http_request_duration_seconds", labels, seconds);
  }
  return talliesOf(buffer.drain());
}

describe("every objective is about metrics that exist", () => {
  test("its ids are unique and each kind has at least one", () => {
    expect(new Set(SLO_IDS).size).toBe(SLO_IDS.length);
    expect(new Set(SLOS.map(({ kind }) => kind))).toEqual(new Set(SLO_KINDS));
  });

  test.each(SLOS)("$id", ({ sli, objective }) => {
    const known: Record<string, { type: string; labels: object; buckets?: readonly number[] }> = METRICS;
    const metric = known[sli.metric];
    const told = sli.by === "label" ? sli.label : sli.except?.label;
    const named = [...Object.keys(sli.where), ...(told === undefined ? [] : [told])];
    expect(Object.keys(metric?.labels ?? {})).toEqual(expect.arrayContaining(named));
    expect(metric?.type).toBe(sli.by === "label" ? "counter" : "histogram");
    expect(sli.by === "label" || metric?.buckets?.includes(sli.seconds)).toBe(true);
    expect(objective).toBeGreaterThan(0.5);
    expect(objective).toBeLessThan(1);
  });
});

describe("what counts as good", () => {
  test("what the client did wrong, 429 included, is not held against us", () => {
    const answers = ["200", "304", "400", "401", "404", "429"].map((status) => ({
      ...COMPANY,
      status,
      seconds: 0.01,
    }));
    const all = { good: 6, total: 6 };
    expect(talliesOfAnswers(answers)).toEqual({
      company_latency: all,
      company_errors: all,
      company_availability: all,
    });
  });

  test("an error of ours, and not being there, are each held against us once; neither says how fast we are", () => {
    const answers = ["500", "502", "503", "504", "200"].map((status) => ({
      ...COMPANY,
      status,
      seconds: 0.01,
    }));
    expect(talliesOfAnswers(answers)).toEqual({
      company_latency: { good: 1, total: 1 },
      company_errors: { good: 4, total: 5 },
      company_availability: { good: 2, total: 5 },
    });
  });

  test("an answer in just the time is in time", () => {
    const answers = [0.1, 0.1001, 7, 60].map((seconds) => ({ ...COMPANY, status: "200", seconds }));
    expect(talliesOfAnswers(answers)["company_latency"]).toEqual({ good: 1, total: 4 });
  });

  test("other methods and other routes are not mixed in", () => {
    const answers = [
      { ...COMPANY, method: "HEAD", status: "500", seconds: 9 },
      { method: "DELETE", endpoint: COMPANY.endpoint, status: "500", seconds: 9 },
      { method: "GET", endpoint: "/api/v2/companies/{siren}/score", status: "500", seconds: 9 },
      { method: "GET", endpoint: "/api/v2/companies", status: "200", seconds: 0.2 },
    ];
    const one = { good: 1, total: 1 };
    expect(talliesOfAnswers(answers)).toEqual({
      search_latency: one,
      search_errors: one,
      search_availability: one,
    });
  });

  test("work that no route does: batches by the row, exports of any format, webhooks, audits", () => {
    const buffer = new MetricBuffer();
    for (const seconds of [0.5, 1, 1.5]) buffer.observe("ma_batch_row_seconds", {}, seconds);
    buffer.observe("ma_export_duration_seconds", { format: "csv" }, 300);
    buffer.observe("ma_export_duration_seconds", { format: "xlsx" }, 301);
    buffer.observe("webhook_delay_seconds", {}, 61);
    for (const result of ["intact", "broken", "unavailable", "intact"])
      buffer.count("audit_verifications_total", { result });
    expect(talliesOf(buffer.drain())).toEqual({
      batch_completion: { good: 2, total: 3 },
      export_freshness: { good: 1, total: 2 },
      webhook_delay: { good: 0, total: 1 },
      audit_verification: { good: 2, total: 4 },
    });
  });
});

test("times in other buckets, of another version of the code, are left out", () => {
  const histograms = [{ name: "webhook_delay_seconds", values: [], counts: [3, 4], sum: 9 }];
  expect(talliesOf({ counters: [], histograms, gauges: [] })).toEqual({});
});

test("tallies are what counting the answers one by one gives, however they are handed over", () => {
  const answer = fc.record({
    method: fc.constantFrom("GET", "POST"),
    endpoint: fc.constantFrom(COMPANY.endpoint, "/api/v2/companies", "/api/v2/exports", "/health"),
    status: fc.constantFrom("200", "202", "404", "429", "500", "503"),
    seconds: fc.constantFrom(0.001, 0.1, 0.2, 0.25, 0.3, 1, 1.1, 30),
  });
  fc.assert(
    fc.property(fc.array(fc.array(answer)), (reports) => {
      const sums: Record<string, [number, number]> = {};
      for (const report of reports) {
        for (const [id, { good, total }] of Object.entries(talliesOfAnswers(report))) {
          const [knownGood, knownTotal] = sums[id] ?? [0, 0];
          sums[id] = [knownGood + good, knownTotal + total];
        }
      }
      const all = reports.flat();
      const search = all.filter((one) => one.method === "GET" && one.endpoint === "/api/v2/companies");
      const quick = search.filter(({ status }) => status !== "500" && status !== "503");
      const expected = [
        ["search_latency", quick.filter(({ seconds }) => seconds <= 0.25).length, quick.length],
        ["search_errors", search.filter(({ status }) => status !== "500").length, search.length],
        ["search_availability", search.filter(({ status }) => status !== "503").length, search.length],
      ] as const;
      for (const [id, good, total] of expected) expect(sums[id] ?? [0, 0]).toEqual([good, total]);
    }),
  );
});
