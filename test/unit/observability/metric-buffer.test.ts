import { describe, expect, test } from "vitest";
import { MetricBuffer } from "../../../src/observability/metric-buffer.ts";

describe("what an isolate counts", () => {
  test("is added up by labels and observed by bucket, and is gone once it was drained", () => {
    const buffer = new MetricBuffer();
    const labels = { method: "GET", endpoint: "/health", status: "200" };
    buffer.count("dead_letters_total", { queue: "exports", reason: "exhausted" });
    buffer.count("dead_letters_total", { queue: "exports", reason: "exhausted" }, 2);
    buffer.count("dead_letters_total", { queue: "events", reason: "exhausted" });
    for (const seconds of [0, 0.005, 0.006, 10, 11]) {
      buffer.observe("http_request_duration_seconds", labels, seconds);
    }
    buffer.set("http_requests_in_progress", {}, 3);
    buffer.set("http_requests_in_progress", {}, 1);
    expect(buffer.events).toBe(8);
    const { counters, histograms, gauges } = buffer.drain();
    expect(counters).toEqual([
      { name: "dead_letters_total", values: ["exports", "exhausted"], by: 3 },
      { name: "dead_letters_total", values: ["events", "exhausted"], by: 1 },
      // Each request that is timed is counted.
      { name: "http_requests_total", values: ["GET", "/health", "200"], by: 5 },
    ]);
    expect(histograms).toEqual([
      {
        name: "http_request_duration_seconds",
        values: ["GET", "/health", "200"],
        counts: [2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1],
        sum: 21.011,
      },
    ]);
    expect(gauges).toEqual([{ name: "http_requests_in_progress", values: [], value: 1 }]);
    expect(buffer.events).toBe(0);
    expect(buffer.drain()).toEqual({ counters: [], histograms: [], gauges: [] });
  });

  test("a value that the register does not know is told as `other`, and counted with all such", () => {
    const buffer = new MetricBuffer();
    for (const level of ["loud", "louder", "info"]) buffer.count("log_events_total", { level });
    expect(buffer.drain().counters).toEqual([
      { name: "log_events_total", values: ["other"], by: 2 },
      { name: "log_events_total", values: ["info"], by: 1 },
    ]);
  });

  test("of values that nobody knows beforehand only as many are kept apart as the register allows", () => {
    const buffer = new MetricBuffer();
    for (let round = 0; round < 2; round += 1) {
      for (let job = 0; job < 100; job += 1) {
        buffer.count("cron_runs_total", { cron_job: `job-${job}`, result: "ok" });
      }
    }
    const { counters } = buffer.drain();
    expect(counters).toHaveLength(61);
    expect(counters.find(({ values }) => values[0] === "other")?.by).toBe(80);
    buffer.count("cron_runs_total", { cron_job: "job-99", result: "failed" });
    expect(buffer.drain().counters[0]?.values).toEqual(["other", "failed"]);
  });
});
