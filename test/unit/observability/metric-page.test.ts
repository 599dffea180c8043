import { describe, expect, test } from "vitest";
import { pageFormatOf } from "../../../src/observability/metric-page-format.ts";
import { writeMetricPage } from "../../../src/observability/metric-page.ts";
import { sumOf } from "../../../src/observability/metric-sums.ts";
import type { MetricSnapshot } from "../../../src/observability/metric-totals.ts";
import { METRICS } from "../../../src/observability/metrics.ts";

const NOTHING: MetricSnapshot = { counters: [], histograms: [], gauges: [] };
const SNAPSHOT: MetricSnapshot = {
  counters: [
    { name: "http_requests_total", values: ["GET", 'a\\b"c\nd', "200"], by: 12 },
    { name: "llm_cost_dollars_total", values: [], by: 0.125 },
  ],
  histograms: [
    { name: "webhook_delay_seconds", values: [], counts: [1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 4], sum: 9.5 },
  ],
  gauges: [{ name: "slo_objective_ratio", values: ["company_latency"], value: 0.95 }],
};

function linesOf(name: string, page: string): string[] {
  return page.split("\n").filter((line) => line.includes(name));
}

describe("the page", () => {
  test("tells every metric of the register, in text format 0.0.4", () => {
    const page = writeMetricPage(SNAPSHOT, "prometheus");
    for (const [name, { help, type }] of Object.entries(METRICS)) {
      expect(page).toContain(`# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`);
    }
    expect(linesOf("http_requests_total", page)).toEqual([
      "# HELP http_requests_total Requests answered.",
      "# TYPE http_requests_total counter",
      String.raw`http_requests_total{method="GET",endpoint="a\\b\"c\nd",status="200"} 12`,
    ]);
    expect(page.endsWith("\n")).toBe(true);
    expect(page).not.toContain("# EOF");
  });

  test("in OpenMetrics a counter's family has no `_total`, units are told, and it says where it ends", () => {
    const page = writeMetricPage(SNAPSHOT, "openmetrics");
    expect(linesOf("llm_cost_dollars", page)).toEqual([
      "# TYPE llm_cost_dollars counter",
      "# UNIT llm_cost_dollars dollars",
      "# HELP llm_cost_dollars Dollars that language models charged.",
      "llm_cost_dollars_total 0.125",
    ]);
    expect(linesOf("slo_objective_ratio", page)).toContain("# UNIT slo_objective_ratio ratio");
    expect(page.endsWith("\n# EOF\n")).toBe(true);
    expect(page.split("\n").filter((line) => line === "")).toHaveLength(1);
  });

  test("buckets are cumulated and written alike in both formats, so that rules fit either", () => {
    for (const format of ["prometheus", "openmetrics"] as const) {
      const lines = linesOf("webhook_delay_seconds_", writeMetricPage(SNAPSHOT, format));
      expect(lines).toContain('webhook_delay_seconds_bucket{le="0.5"} 1');
      expect(lines).toContain('webhook_delay_seconds_bucket{le="1.0"} 1');
      expect(lines).toContain('webhook_delay_seconds_bucket{le="2.5"} 3');
      expect(lines).toContain('webhook_delay_seconds_bucket{le="3600.0"} 3');
      expect(lines.slice(-3)).toEqual([
        'webhook_delay_seconds_bucket{le="+Inf"} 7',
        "webhook_delay_seconds_sum 9.5",
        "webhook_delay_seconds_count 7",
      ]);
    }
  });
});

function shard(by: number, at: number): MetricSnapshot {
  return {
    counters: [{ name: "http_requests_total", values: ["GET", "/health", "200"], by }],
    histograms: [
      { name: "ma_scores_distribution", values: [], counts: [0, by, 0, 0, 0, 0, 0, 0, 0, 0, 0], sum: by },
    ],
    gauges: [
      { name: "cron_last_success_timestamp_seconds", values: ["tidy"], value: at },
      { name: "http_requests_in_progress", values: [], value: by },
      { name: "http_requests_in_progress", values: [], value: 1 },
    ],
  };
}

describe("the sums", () => {
  test("are those of all shards; the latest of what is latest", () => {
    const { counters, histograms, gauges } = sumOf([shard(3, 500), shard(4, 400)]);
    expect(counters).toContainEqual({
      name: "http_requests_total",
      values: ["GET", "/health", "200"],
      by: 7,
    });
    const scores = histograms.find(({ name }) => name === "ma_scores_distribution");
    expect(scores).toMatchObject({ counts: [0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0], sum: 7 });
    expect(gauges.map(({ value }) => value)).toEqual([500, 9]);
  });

  test("what can be told beforehand starts at 0, and so often that a first event shows as an increase", () => {
    const { counters, histograms } = sumOf([NOTHING]);
    expect(counters).toContainEqual({ name: "db_slow_queries_total", values: [], by: 0 });
    expect(counters).toContainEqual({ name: "db_errors_total", values: ["timeout"], by: 0 });
    expect(counters.filter(({ name }) => name === "cache_hits_total")).toHaveLength(12);
    expect(counters.some(({ name }) => name === "http_requests_total")).toBe(false);
    expect(histograms.find(({ name }) => name === "llm_latency_seconds")).toMatchObject({ sum: 0 });
    const counted = sumOf([
      { ...NOTHING, counters: [{ name: "db_errors_total", values: ["timeout"], by: 2 }] },
    ]);
    expect(counted.counters.filter(({ values }) => values[0] === "timeout")).toContainEqual({
      name: "db_errors_total",
      values: ["timeout"],
      by: 2,
    });
  });
});

test.each([
  [null, "prometheus"],
  ["", "prometheus"],
  ["*/*", "prometheus"],
  ["text/html", "prometheus"],
  ["application/openmetrics-text", "openmetrics"],
  ["application/openmetrics-text;version=1.0.0", "openmetrics"],
  ["application/openmetrics-text;version=0.0.1", "prometheus"],
  ["application/openmetrics-text;version=1.0.0;q=0", "prometheus"],
  ["application/openmetrics-text; version=1.0.0; q=0.5, text/plain; version=0.0.4", "prometheus"],
  ["text/plain;q=0.5, application/openmetrics-text;q=0.75, */*;q=0.9", "openmetrics"],
  [
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
    "openmetrics",
  ],
] as const)("to whom accepts %s, %s is sent", (accept, format) => {
  expect(pageFormatOf(accept)).toBe(format);
});
