import * as fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { OUTCOMES } from "../../../src/domain/jobs/task.ts";
import { countEvent } from "../../../src/observability/event-metrics.ts";
import { levelOf } from "../../../src/observability/events.ts";
import { type MetricDeltas, metrics } from "../../../src/observability/metric-buffer.ts";

type Fields = Parameters<typeof countEvent>[2];

function tell(name: string, fields: Fields): void {
  countEvent(name, levelOf(name), fields);
}

/** Counters and sums of times by series, without how many events there were. */
function counted({ counters, histograms }: MetricDeltas): Record<string, number> {
  const series = [
    ...counters.map(({ name, values, by }) => ({ name, values, value: by })),
    ...histograms.map(({ name, values, sum }) => ({ name, values, value: sum })),
  ];
  const told = series.filter(({ name }) => name !== "log_events_total");
  return Object.fromEntries(told.map(({ name, values, value }) => [[name, ...values].join(" "), value]));
}

beforeEach(() => void metrics.drain());

describe("an event", () => {
  test("is counted by its level, whatever it is", () => {
    tell("slow_query", {});
    tell("never_heard_of", {});
    const { counters } = metrics.drain();
    expect(counters.map(({ values, by }) => [...values, by])).toEqual([
      ["warn", 1],
      ["info", 1],
    ]);
  });

  test.each<[string, Fields, Record<string, number>]>([
    [
      "source_asked",
      { source: "pappers", outcome: "found", calls: 1, duration_ms: 250 },
      { "ma_enrichment_requests_total pappers found": 1, "ma_enrichment_duration_seconds pappers": 0.25 },
    ],
    [
      "source_asked",
      { source: "pappers", outcome: "circuit_open", calls: 0, duration_ms: 0 },
      { "ma_enrichment_requests_total pappers circuit_open": 1 },
    ],
    [
      "credits_spent",
      { source: "kaspr", credits: 3, euros: 1.5 },
      { "ma_api_credits_total kaspr": 3, "ma_api_costs_euros_total kaspr": 1.5 },
    ],
    ["rows_enriched", { cache: 2, sources: 0 }, { "ma_companies_enriched_total cache": 2 }],
    ["enrichment_completed", {}, { "ma_companies_enriched_total sources": 1 }],
    [
      "export_generated",
      { format: "csv", rows: 7, duration_ms: 2_000 },
      { "ma_exports_total csv ready": 1, "ma_export_rows_total csv": 7, "ma_export_duration_seconds csv": 2 },
    ],
    [
      "export_failed",
      { format: "xlsx", failure: "timed_out", ours: true, duration_ms: 20 },
      { "ma_exports_total xlsx failed": 1, "ma_export_duration_seconds xlsx": 86_400 },
    ],
    [
      "export_failed",
      { format: "airtable", failure: "airtable_not_found", ours: false },
      { "ma_exports_total airtable refused": 1 },
    ],
    ["export_cancelled", { format: "sql" }, { "ma_exports_total sql cancelled": 1 }],
    [
      "webhook_attempted",
      { status: "pending", attempt: 1, since_created_ms: 1_500 },
      { "webhook_attempts_total retried": 1, webhook_delay_seconds: 1.5 },
    ],
    [
      "webhook_attempted",
      { status: "delivered", attempt: 2, since_created_ms: 90_000 },
      { "webhook_attempts_total delivered": 1 },
    ],
    [
      "webhook_attempted",
      { status: "failed", attempt: 9, since_created_ms: 0 },
      { "webhook_attempts_total given_up": 1 },
    ],
    ["webhook_disabled", {}, { webhook_endpoints_disabled_total: 1 }],
    [
      "dead_letter_kept",
      { queue: null, reason: "unreadable" },
      { "dead_letters_total unknown unreadable": 1 },
    ],
    [
      "dead_letter_kept",
      { queue: "events", reason: "retries_exhausted" },
      { "dead_letters_total events exhausted": 1 },
    ],
    [
      "limiter_unreachable",
      { policy: "search", action: "passed" },
      { "limiter_degraded_total search passed": 1 },
    ],
    ["audit_verified", { result: "broken" }, { "audit_verifications_total broken": 1 }],
    ["audit_drain_failed", {}, { "audit_chain_failures_total drain": 1 }],
    ["audit_anchor_unreachable", {}, { "audit_chain_failures_total anchor": 1 }],
  ])("%s %o is counted", (name, fields, expected) => {
    tell(name, fields);
    expect(counted(metrics.drain())).toEqual(expected);
  });

  test("that a batch ended tells its rows by outcome, and its times unless it was cancelled", () => {
    const counts = fc.record(Object.fromEntries(OUTCOMES.map((name) => [name, fc.nat(1_000)])));
    const status = fc.constantFrom("completed" as const, "failed" as const, "cancelled" as const);
    fc.assert(
      fc.property(counts, status, fc.integer({ min: 1, max: 10_000_000 }), (rowsBy, ended, ms) => {
        metrics.drain();
        const rows = Object.values(rowsBy).reduce((sum, one) => sum + one, 0);
        tell("batch_completed", { ...rowsBy, status: ended, rows, duration_ms: ms });
        const found = counted(metrics.drain());
        for (const outcome of OUTCOMES)
          expect(found[`ma_batch_rows_total ${outcome}`] ?? 0).toBe(rowsBy[outcome]);
        expect(found[`ma_batches_total ${ended}`]).toBe(1);
        expect(found["ma_batch_duration_seconds"]).toBe(ended === "cancelled" ? undefined : ms / 1_000);
        const late = { completed: rows > 0, failed: true, cancelled: false };
        expect("ma_batch_row_seconds" in found).toBe(late[ended]);
        const beyond = (found["ma_batch_row_seconds"] ?? 0) > 30;
        expect(beyond || ended !== "failed").toBe(true);
      }),
    );
  });

  test.each<[string, number, number, number]>([
    ["a single row may take half a minute", 1, 29_000, 0],
    ["a hundred rows a second each beyond it", 100, 130_000, 1],
    ["ten rows that took a minute are late", 10, 60_000, 3],
  ])("of a batch: %s", (_, rows, ms, expected) => {
    tell("batch_completed", { status: "completed", rows, duration_ms: ms });
    expect(counted(metrics.drain())["ma_batch_row_seconds"]).toBe(expected);
  });
});
