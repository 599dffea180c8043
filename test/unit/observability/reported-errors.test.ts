import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { ObjectWork } from "../../../src/durable/object-work.ts";
import { NeonDbError } from "@neondatabase/serverless";
import { AuditUnavailable } from "../../../src/domain/audit/errors.ts";
import { KeysUnreadable } from "../../../src/domain/accounts/errors.ts";
import { StorageUnavailable } from "../../../src/domain/enrichment/errors.ts";
import { TableBusy } from "../../../src/domain/exports/errors.ts";
import { describeError } from "../../../src/observability/describe-error.ts";
import { isExpected } from "../../../src/observability/is-expected.ts";
import { scrubbedError } from "../../../src/observability/scrubbed-error.ts";
import { MinuteBudget } from "../../../src/observability/minute-budget.ts";
import { REPORTS_PER_MINUTE } from "../../../src/observability/sentry-reporter.ts";
import { Telemetry } from "../../../src/observability/telemetry.ts";
import { NO_TRACING } from "../../../src/observability/tracing.ts";
import { overcame } from "../../../src/observability/work.ts";
import { isMistake } from "../../../src/storage/postgres/statement-failure.ts";

function bench() {
  const report = vi.fn<(error: unknown, place: object) => void>();
  const flush = { settle: vi.fn<() => void>() };
  const config = { enabled: true, traces: null, slowRequestMs: 1_000, logSample: 0 };
  const log = { event: () => undefined, tell: vi.fn<(name: string, level: string, line: object) => void>() };
  const telemetry = new Telemetry({
    config,
    log,
    flush,
    usage: null,
    tracing: NO_TRACING,
    errors: { report },
    now: () => 0,
    ids: { take: (bytes: number) => "07".repeat(bytes) },
    salt: 0,
  } as never);
  return { report, flush, log, telemetry };
}

test("what is reported of an error holds its kind and frames, and no part of its message, whatever that is", () => {
  const text = fc.array(
    fc.oneof(fc.string(), fc.constantFrom("\n", "\n    at ", "TypeError: ", " (https://x/?t=", ":1:1)")),
  );
  fc.assert(
    fc.property(text, fc.boolean(), (parts, renamed) => {
      const secret = "s3cret";
      const error = new RangeError([secret, ...parts, secret].join(""), { cause: new Error(secret) });
      if (renamed) error.message = `${error.message} changed`;
      const scrubbed = scrubbedError(error, "GET /x");
      expect(scrubbed).toMatchObject({ name: "RangeError", message: "RangeError in GET /x" });
      expect(`${scrubbed.message}${scrubbed.stack}${String(scrubbed.cause)}`).not.toContain(secret);
      expect(/^RangeError: .*\n\s+at /.test(scrubbed.stack ?? "") || renamed).toBe(true);
    }),
  );
  expect(scrubbedError("s3cret", "cron").stack).not.toContain("s3cret");
  expect(scrubbedError(new KeysUnreadable("key_1"), "GET /x").message).toContain("key_1");
});

test("what happens now and then and is tried again is not reported, nor many such at once", () => {
  const busy = [new StorageUnavailable("timeout"), new TableBusy(1)];
  for (const error of busy) expect(isExpected(error)).toBe(true);
  const { telemetry, report } = bench();
  const work = telemetry.newWork("cron", "drain_audit");
  const several = [...busy, new TypeError("a"), new AggregateError([new RangeError("b"), ...busy])];
  for (const error of [new AggregateError(busy), new AggregateError(several)])
    telemetry.report(error, work, () => undefined);
  expect(report.mock.calls.map(([error]) => error)).toEqual([several[2], new RangeError("b")]);
  for (const error of [new TypeError(), "text", null]) expect(isExpected(error)).toBe(false);
});

const failed = (code: string) => Object.assign(new NeonDbError("s3cret"), { code });

test("a statement that the database found fault with is a mistake of ours, and a database in need is not", () => {
  for (const code of ["42P01", "42703", "23514", "22P02", "21000", "0A000"])
    expect(isMistake(failed(code))).toBe(true);
  for (const code of ["57014", "57P01", "53300", "08006", "40001", "40P01", "25006", "XX000", "3D000"])
    expect(isMistake(failed(code))).toBe(false);
  for (const error of [new NeonDbError("s3cret"), new TypeError("fetch failed"), null])
    expect(isMistake(error)).toBe(false);
  const refused = new StorageUnavailable(failed("42P01"), { refused: true });
  for (const error of [refused, new StorageUnavailable(refused), new AuditUnavailable(refused)])
    expect([isExpected(error), describeError(error)]).toEqual([false, expect.stringMatching(/unavailable/)]);
  expect(describeError(new AuditUnavailable(refused))).toBe(
    "audit unavailable: storage unavailable: NeonDbError 42P01",
  );
  expect(isExpected(new AuditUnavailable(new StorageUnavailable("timeout")))).toBe(true);
});

test("at most twenty reports leave in a minute, and twenty more in the next", () => {
  const budget = new MinuteBudget(REPORTS_PER_MINUTE);
  const taken = (now: number) => Array.from({ length: 50 }, () => budget.take(now)).filter(Boolean).length;
  expect([taken(1_000), taken(60_999), taken(61_000)]).toEqual([20, 0, 20]);
});

test("an object's call goes on in its caller's trace, and what breaks in it is reported and still thrown", async () => {
  const { report, flush, telemetry } = bench();
  const work = new ObjectWork(telemetry, { waitUntil: () => undefined });
  const traceId = "a".repeat(32);
  const trace = { traceId, spanId: "b".repeat(16), parentId: null, sampled: false, state: null };
  const call = async (error: Error) =>
    work.run("EnrichmentFlight.refresh", { requestId: "req_1", trace }, async () => {
      throw error;
    });
  await expect(call(new TypeError("x"))).rejects.toThrow(TypeError);
  await expect(call(new StorageUnavailable("down"))).rejects.toThrow(StorageUnavailable);
  expect(report.mock.calls.map(([, place]) => place)).toEqual([
    expect.objectContaining({
      kind: "object",
      name: "EnrichmentFlight.refresh",
      requestId: "req_1",
      traceId,
    }),
  ]);
  expect(flush.settle).toHaveBeenCalledTimes(2);
});

test("an object serves a Worker that was deployed before it and names no caller", async () => {
  const { telemetry, log } = bench();
  const work = new ObjectWork(telemetry, { waitUntil: () => undefined });
  telemetry.deps.config.logSample = 1;
  expect(await work.run("AuditChain.drain", undefined, async () => "done")).toBe("done");
  expect(log.tell).toHaveBeenCalledWith("object_call", "info", expect.objectContaining({ ok: true }));
});

test("a failure that is answered fails the call all the same, and what was overcome is reported at its end", async () => {
  const { telemetry, log, report } = bench();
  const work = new ObjectWork(telemetry, { waitUntil: () => undefined });
  const answer = await work.run("AuditChain.drain", null, async (own) => {
    for (const error of [new TypeError("x"), new StorageUnavailable("down")]) overcame(error);
    expect(report).not.toHaveBeenCalled();
    own.add({ ok: false, error: "TypeError" });
    return "told";
  });
  expect(answer).toBe("told");
  expect(log.tell.mock.calls).toEqual([
    ["object_call", "error", expect.objectContaining({ ok: false, error: "TypeError" })],
  ]);
  expect(report.mock.calls.map(([error]) => error)).toEqual([new TypeError("x")]);
});
