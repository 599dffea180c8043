import { expect, test } from "vitest";
import { z } from "zod";
import { observabilityConfig, OBSERVABILITY_SETTINGS } from "../../../src/config/observability-config.ts";
import { LOG_LEVELS, type LogLevel } from "../../../src/observability/events.ts";
import { Logger } from "../../../src/observability/logger.ts";
import { QueryTally } from "../../../src/observability/query-tally.ts";
import { type Outcome, tellWork } from "../../../src/observability/wide-event.ts";
import { inWork, Work, type WorkKind } from "../../../src/observability/work.ts";

const KINDS = ["request", "message", "object", "cron"] as const;

function bench(settings: Record<string, string> = {}, level: LogLevel = "info") {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string): void => void lines.push(JSON.parse(line));
  const config = observabilityConfig(z.object(OBSERVABILITY_SETTINGS).parse(settings));
  const log = new Logger({ level, write, now: () => 0 });
  return { lines, log, telemetry: { deps: { config, log, salt: 0 } } };
}

function workOf(kind: WorkKind, traceId = "f".repeat(32)): Work {
  const trace = { traceId, spanId: "1".repeat(16), parentId: null, sampled: false, state: null };
  return new Work(kind, "GET /api/v2/companies/{siren}", { requestId: "req_1", trace });
}

const FAST: Outcome = { durationMs: 12, level: "info" };

test("a line says what was done, for whom, how long it took and what the database did of it", () => {
  const { lines, telemetry } = bench({ LOG_SAMPLE: "1" });
  const work = workOf("request");
  work.add({ organisation_id: "org_1", status: 200, cache: "kv" });
  work.add({ provider_calls: 1 });
  work.add({ provider_calls: 2 });
  work.queries.add(["select_companies_123456", "select_notes_123456"], 7);
  tellWork(telemetry, work, FAST);
  expect(lines).toEqual([
    {
      at: "1970-01-01T00:00:00.000Z",
      level: "info",
      event: "request",
      request_id: "req_1",
      trace_id: "f".repeat(32),
      organisation_id: "org_1",
      route: "GET /api/v2/companies/{siren}",
      duration_ms: 12,
      db_queries: 2,
      db_ms: 7,
      status: 200,
      cache: "kv",
      provider_calls: 2,
      sample_rate: 1,
    },
  ]);
});

test.each([
  ["request", "request", "route"],
  ["message", "queue_message", "type"],
  ["cron", "cron_job", "job"],
  ["object", "object_call", "call"],
] as const)("a %s is told as %s", (kind, event, name) => {
  const { lines, telemetry } = bench({ LOG_SAMPLE: "1" });
  tellWork(telemetry, workOf(kind), FAST);
  expect(lines).toEqual([expect.objectContaining({ event, [name]: "GET /api/v2/companies/{siren}" })]);
});

test("whatever failed or was slow is told, and every job, though nothing else is", () => {
  const { lines, telemetry } = bench({ LOG_SAMPLE: "0", SLOW_REQUEST_MS: "500" });
  for (const kind of KINDS) {
    tellWork(telemetry, workOf(kind), FAST);
    tellWork(telemetry, workOf(kind), { durationMs: 1, level: "error" });
    tellWork(telemetry, workOf(kind), { durationMs: 1, level: "warn" });
    tellWork(telemetry, workOf(kind), {
      durationMs: kind === "message" || kind === "object" ? 5_000 : 500,
      level: "info",
    });
    tellWork(telemetry, workOf(kind), {
      durationMs: kind === "message" || kind === "object" ? 4_999 : 499,
      level: "info",
    });
  }
  const told = KINDS.map((kind) => {
    const event = { request: "request", message: "queue_message", object: "object_call", cron: "cron_job" }[
      kind
    ];
    return lines.filter((line) => line["event"] === event).length;
  });
  expect(told).toEqual([3, 3, 3, 5]);
  expect(new Set(lines.map((line) => line["sample_rate"]))).toEqual(new Set([1]));
});

test("of the rest the share is kept that the settings say, all lines of a trace or none", () => {
  const kept = Array.from({ length: 1_000 }, (_, at) => {
    const spread = Math.imul(at, 0x9e3779b1) >>> 0;
    const traceId = spread.toString(16).padStart(32, "0");
    const { lines, telemetry } = bench({ LOG_SAMPLE: "0.25" });
    for (const kind of ["request", "message", "object"] as const)
      tellWork(telemetry, workOf(kind, traceId), FAST);
    expect([0, 3]).toContain(lines.length);
    expect(lines.every((line) => line["sample_rate"] === 0.25)).toBe(true);
    return lines.length / 3;
  });
  const share = kept.reduce((sum, one) => sum + one, 0) / kept.length;
  expect(share).toBeCloseTo(0.25, 1);
});

test.each(LOG_LEVELS)("%s: what is less severe is not written", (least) => {
  const { lines, log } = bench({}, least);
  for (const level of LOG_LEVELS) log.tell(`at_${level}`, level, {});
  expect(lines.map((line) => line["level"])).toEqual(LOG_LEVELS.slice(LOG_LEVELS.indexOf(least)));
});

test("an event belongs to the request and the trace it happened in, and to the organisation once it is known", () => {
  const { lines, log } = bench();
  const work = workOf("request");
  log.event("outside", {});
  inWork(work, () => log.event("before", {}));
  work.add({ organisation_id: "org_1" });
  inWork(work, () => log.event("after", { n: 1 }));
  const told = { at: "1970-01-01T00:00:00.000Z", level: "info" };
  const expected = [
    { event: "outside" },
    { event: "before", request_id: "req_1", trace_id: "f".repeat(32) },
    { event: "after", request_id: "req_1", trace_id: "f".repeat(32), organisation_id: "org_1", n: 1 },
  ];
  expect(lines).toEqual(expected.map((line) => ({ ...told, ...line })));
});

test("no field stands in the place of when, how grave and what", () => {
  const { lines, log } = bench();
  log.event("signed_in", { at: "elsewhere", level: "kv", event: "other", layer: "kv" });
  const told = { at: "1970-01-01T00:00:00.000Z", level: "info", event: "signed_in", layer: "kv" };
  expect(lines).toEqual([told]);
  expect(Object.keys(lines[0] ?? {})).toEqual(Object.keys(told));
});

test("statements are tallied by name, and named when they are run too often", () => {
  const tally = new QueryTally();
  for (let at = 0; at < 4; at++) tally.add(["a", "b"], 2);
  tally.add(["a"], 1);
  expect([tally.count, tally.ms]).toEqual([9, 9]);
  expect(tally.repeated(3)).toEqual([
    { statement: "a", times: 5 },
    { statement: "b", times: 4 },
  ]);
  expect(tally.repeated(4)).toEqual([{ statement: "a", times: 5 }]);
});
