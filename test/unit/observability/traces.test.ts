import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { hex } from "../../../src/lib/hex.ts";
import { RandomHex } from "../../../src/lib/random-hex.ts";
import { closeRoot, openRoot } from "../../../src/observability/root-span.ts";
import {
  type RecordedSpan,
  SpanCollector,
  type SpanOutlet,
} from "../../../src/observability/span-collector.ts";
import { span } from "../../../src/observability/span.ts";
import {
  isSampled,
  newTraceContext,
  readTraceParent,
  traceParent,
} from "../../../src/observability/trace-context.ts";
import { inWork, type TraceContext, Work } from "../../../src/observability/work.ts";
import { envelopeOf, senderOf } from "../../../src/queue/trace-envelope.ts";

const randomBytes = (length: number) => crypto.getRandomValues(new Uint8Array(length));
const ids = new RandomHex(randomBytes);
const SALT = 0x9e37_79b9;

const id = (bytes: number) =>
  fc
    .uint8Array({ minLength: bytes, maxLength: bytes })
    .map(hex)
    .filter((text) => !/^0+$/.test(text));

const context: fc.Arbitrary<TraceContext> = fc.record({
  traceId: id(16),
  spanId: id(8),
  parentId: fc.constant(null),
  sampled: fc.boolean(),
  state: fc.option(fc.constantFrom("vendor=1", "a=b,c=d"), { nil: null }),
});

function workOf(sampled = true): Work {
  const trace = newTraceContext(null, sampled, ids);
  return new Work("request", "GET /api/v2/limits", { requestId: "req_1", trace });
}

/** As much of a span as is looked at. */
function fakeSpan(spanId = hex(randomBytes(8))) {
  const made = { name: "stand-in", attributes: { "url.full": "https://work.invalid/" }, parentSpanId: "aa" };
  const known = { ...made, spanContext: () => ({ traceId: "t", spanId, traceFlags: 1 }) };
  return known as typeof known & RecordedSpan & Parameters<SpanCollector["onStart"]>[0];
}

function outlet() {
  return {
    send: vi.fn<SpanOutlet["send"]>(),
    started: vi.fn<SpanOutlet["started"]>(),
    ended: vi.fn<SpanOutlet["ended"]>(),
  };
}

describe("a trace context", () => {
  test("is read as it was written, from a header as from a message", () => {
    fc.assert(
      fc.property(context, fc.stringMatching(/^[\w.:-]{1,64}$/), (trace, requestId) => {
        expect(readTraceParent(traceParent(trace), trace.state)).toEqual(trace);
        const message = JSON.parse(JSON.stringify({ v: 1, ...envelopeOf({ requestId, trace }) }));
        expect(senderOf(message)).toEqual({ requestId, trace });
      }),
    );
  });

  test("that is malformed is as good as none", () => {
    const zero = "0".repeat(32);
    const traceId = "a".repeat(32);
    const spanId = "b".repeat(16);
    const bad = ["", "00", `00-${zero}-${spanId}-01`, `00-${traceId}-${zero.slice(16)}-01`];
    const worse = [
      `ff-${traceId}-${spanId}-01`,
      `00-${traceId}-${spanId}-01-more`,
      `00-${traceId}-${spanId}`,
    ];
    for (const header of [...bad, ...worse, traceId.toUpperCase()])
      expect(readTraceParent(header, null)).toBe(null);
    expect(readTraceParent(`01-${traceId}-${spanId}-01-more`, null)).toMatchObject({ traceId });
    fc.assert(fc.property(fc.anything(), (body) => senderOf(body) === null));
  });

  test("of ours within another's has its trace, its span as the parent, and a span of its own", () => {
    fc.assert(
      fc.property(context, (parent) => {
        const { traceId, parentId, spanId, state } = newTraceContext(parent, true, ids);
        expect({ traceId, parentId, state }).toEqual({
          traceId: parent.traceId,
          parentId: parent.spanId,
          state: parent.state,
        });
        expect(spanId).not.toBe(parent.spanId);
      }),
    );
  });

  test("is sampled in about the share that was asked for, and in every larger one", () => {
    const traces = Array.from({ length: 20_000 }, () => hex(randomBytes(16)));
    const share = traces.filter((one) => isSampled(one, 0.25, SALT)).length / traces.length;
    expect(share).toBeGreaterThan(0.22);
    expect(share).toBeLessThan(0.28);
    expect(traces.filter((one) => isSampled(one, 0.25, SALT) && !isSampled(one, 0.5, SALT))).toEqual([]);
    expect(traces.some((one) => isSampled(one, 0, SALT))).toBe(false);
    expect(traces.every((one) => isSampled(one, 1, SALT))).toBe(true);
  });
});

describe("spans are collected", () => {
  test("until their work is done, and what ends later is sent later", () => {
    const collector = new SpanCollector();
    const out = outlet();
    const [root, early, late] = [fakeSpan(), fakeSpan(), fakeSpan()];
    const work = workOf();
    collector.record(work, out);
    inWork(work, () => [root, early, late].forEach((one) => collector.onStart(one)));
    collector.onEnd(early);
    expect(out.send).not.toHaveBeenCalled();
    collector.onEnd(root);
    expect(out.send.mock.calls).toEqual([[[early, root]]]);
    collector.onEnd(late);
    expect(out.send.mock.calls.slice(1)).toEqual([[[late]]]);
    expect(out.started.mock.calls).toEqual([[root]]);
    expect(out.ended).toHaveBeenCalledTimes(1);
  });

  test("apart for each work, though several of one trace run at once in one isolate", () => {
    const collector = new SpanCollector();
    const works = [workOf(), workOf()].map((work) => ({ work, out: outlet(), root: fakeSpan() }));
    for (const { work, out, root } of works) {
      collector.record(work, out);
      inWork(work, () => collector.onStart(root));
    }
    for (const { root } of works) collector.onEnd(root);
    for (const { out, root } of works) expect(out.send.mock.calls).toEqual([[[root]]]);
    const stray = fakeSpan();
    collector.onStart(stray);
    collector.onEnd(stray);
  });

  test("up to a thousand; the root is always among them and says how many are missing", () => {
    const collector = new SpanCollector();
    const out = outlet();
    const work = workOf();
    const root = fakeSpan();
    collector.record(work, out);
    inWork(work, () => {
      collector.onStart(root);
      for (let at = 0; at < 1_200; at++) {
        const one = fakeSpan();
        collector.onStart(one);
        collector.onEnd(one);
      }
    });
    collector.onEnd(root);
    expect(out.send.mock.calls[0]?.[0]).toHaveLength(1_001);
    expect(out.ended).toHaveBeenCalledWith(root, 200);
  });

  test("without keeping anything once the work is gone, though spans never ended", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const collector = new SpanCollector();
    const kept = Array.from({ length: 200 }, (_, at) => {
      const [work, root] = [workOf(), fakeSpan()];
      collector.record(work, { send: () => undefined, started: () => undefined, ended: () => undefined });
      inWork(work, () => collector.onStart(root));
      if (at % 2 === 0) collector.onEnd(root);
      return { work: new WeakRef(work), root: new WeakRef(root) };
    });
    // What a weak reference was made to in this turn is kept until its end.
    await setImmediate();
    collect();
    const alive = kept.filter(({ work, root }) => work.deref() !== undefined || root.deref() !== undefined);
    // The last may still be on the stack.
    expect(alive.length).toBeLessThan(5);
  });
});

describe("the span of a piece of work", () => {
  test("says what was done, and nothing of the request that stood in for it", () => {
    const work = workOf();
    work.add({ organisation_id: "org_1", status: 503, error: "storage unavailable", task_id: null });
    const root = fakeSpan("1".repeat(16));
    openRoot(root, work);
    expect(work.caller.trace.spanId).toBe("1".repeat(16));
    expect(root.parentSpanId).toBe(undefined);
    closeRoot(root, work, { dropped: 3, error: null });
    expect(root).toMatchObject({
      name: "GET /api/v2/limits",
      kind: 1,
      status: { code: 2, message: "storage unavailable" },
    });
    expect(root.attributes).toEqual({
      "ma.work": "request",
      "ma.request_id": "req_1",
      "ma.organisation_id": "org_1",
      "ma.status": 503,
      "ma.error": "storage unavailable",
      "ma.spans_dropped": 3,
      "http.request.method": "GET",
      "http.route": "/api/v2/limits",
      "http.response.status_code": 503,
    });
  });

  test("is neither made nor named where nothing is recorded", async () => {
    const run = vi.fn<() => Promise<string>>(async () => "done");
    expect(await span("none", { kind: "client" }, run)).toBe("done");
    expect(await inWork(workOf(false), async () => span("none", { kind: "client" }, run))).toBe("done");
    expect(run).toHaveBeenCalledTimes(2);
  });
});
