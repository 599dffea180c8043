import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { ObjectWork } from "../../../src/durable/object-work.ts";
import { KeysUnreadable } from "../../../src/domain/accounts/errors.ts";
import { StorageUnavailable } from "../../../src/domain/enrichment/errors.ts";
import { TableBusy } from "../../../src/domain/exports/errors.ts";
import { isExpected } from "../../../src/observability/is-expected.ts";
import { scrubbedError } from "../../../src/observability/scrubbed-error.ts";
import { ReportBudget } from "../../../src/observability/sentry-reporter.ts";
import { Telemetry } from "../../../src/observability/telemetry.ts";
import { NO_TRACING } from "../../../src/observability/tracing.ts";

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
  for (const error of [...busy, new AggregateError(busy)]) expect(isExpected(error)).toBe(true);
  for (const error of [new TypeError(), new AggregateError([...busy, new TypeError()]), "text", null])
    expect(isExpected(error)).toBe(false);
});

test("at most twenty reports leave in a minute, and twenty more in the next", () => {
  const budget = new ReportBudget();
  const taken = (now: number) => Array.from({ length: 50 }, () => budget.take(now)).filter(Boolean).length;
  expect([taken(1_000), taken(60_999), taken(61_000)]).toEqual([20, 0, 20]);
});

test("an object's call goes on in its caller's trace, and what breaks in it is reported and still thrown", async () => {
  const report = vi.fn<(error: unknown, place: object) => void>();
  const flush = { settle: vi.fn<() => void>() };
  const config = { enabled: true, traces: null, slowRequestMs: 1_000, logSample: 0 };
  const log = { event: () => undefined, tell: vi.fn<() => void>() };
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
