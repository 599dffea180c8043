import { createExecutionContext, runInDurableObject, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { SinkSpan } from "../../../local/sinks/otlp-spans.ts";
import type { SinkEvent } from "../../../local/sinks/sentry-sink.ts";
import { runScheduled, SCHEDULE } from "../../../src/cron/schedule.ts";
import type { TaskProgress } from "../../../src/durable/task-progress.ts";
import { createApp } from "../../../src/http/app.ts";
import { IsolateKeeper } from "../../../src/http/isolate.ts";
import { hex } from "../../../src/lib/hex.ts";
import { randomBytes } from "../../../src/lib/random-bytes.ts";
import { metrics } from "../../../src/observability/metric-buffer.ts";
import { SpanCollector } from "../../../src/observability/span-collector.ts";
import { consume } from "../../../src/queue/consume.ts";
import { buildServices } from "../../../src/services.ts";
import { query } from "../../../src/storage/postgres/database.ts";
import { mintWorld, type World } from "../../support/world.ts";
import { newIsolate, sendTo } from "../limits/limited-world.ts";

const SERVER = 2;
const CLIENT = 3;
const PRODUCER = 4;
const CONSUMER = 5;
const WAIT = { timeout: 20_000, interval: 50 };
/** Nobody listens there. */
const NOWHERE = "http://127.0.0.1:9";

const recording = (changes: Record<string, string> = {}): Env =>
  newIsolate({ TRACE_SAMPLE: "1", ...changes });

function newTrace() {
  const [traceId, spanId] = [hex(randomBytes(16)), hex(randomBytes(8))];
  return { traceId, spanId, headers: { traceparent: `00-${traceId}-${spanId}-00` } };
}

async function spansOf(traceId: string): Promise<SinkSpan[]> {
  const response = await fetch(`${env.SPANS_URL}/traces/${traceId}`);
  return (await response.json<{ spans: SinkSpan[] }>()).spans;
}

async function eventsOf(requestId: string): Promise<SinkEvent[]> {
  const response = await fetch(`${env.ERRORS_URL}/events?request_id=${requestId}`);
  return (await response.json<{ events: SinkEvent[] }>()).events;
}

interface Init {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

async function ask(world: World, isolate: Env, path: string, init: Init = {}): Promise<Response> {
  const headers = { ...init.headers, authorization: `Bearer ${world.key}` };
  return sendTo(isolate, new Request(`https://api.test${path}`, { ...init, headers }));
}

async function postBatch(world: World, isolate: Env, headers: Record<string, string>): Promise<Response> {
  return ask(world, isolate, "/api/v2/scraping/batch-async?sources=recherche_entreprises,bodacc", {
    method: "POST",
    headers: { "content-type": "text/csv", ...headers },
    body: `siren\n${world.siren()}\n`,
  });
}

/** The first of that name; fails the test when there is none. */
function named(spans: SinkSpan[], name: string | RegExp): SinkSpan {
  const found = spans.find((span) => (typeof name === "string" ? span.name === name : name.test(span.name)));
  if (found === undefined)
    throw new Error(`no span ${String(name)} among ${spans.map((one) => one.name).join(", ")}`);
  return found;
}

/** Names from a span up to the root of its trace. */
function lineage(spans: SinkSpan[], span: SinkSpan): string[] {
  const parent = spans.find(({ spanId }) => spanId === span.parentSpanId);
  return [span.name, ...(parent === undefined ? [] : lineage(spans, parent))];
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe("a trace", () => {
  test("leads from the request of a batch over queue, object and provider to the consumer's writes", async () => {
    const world = await mintWorld();
    const trace = newTrace();
    const response = await postBatch(world, recording(), {
      ...trace.headers,
      "x-request-id": `batch-${trace.spanId}`,
    });
    expect(response.status).toBe(202);

    const route = "POST /api/v2/scraping/batch-async";
    await vi.waitFor(async () => {
      const seen = new Set((await spansOf(trace.traceId)).map(({ name }) => name));
      expect([...seen]).toEqual(
        expect.arrayContaining([route, "task.chunk", "provider bodacc", "task.finalize"]),
      );
    }, WAIT);
    const spans = await spansOf(trace.traceId);

    expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([trace.traceId]));
    expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(spans.length);
    expect(named(spans, route)).toMatchObject({
      parentSpanId: trace.spanId,
      kind: SERVER,
      status: { code: 0 },
      attributes: {
        "http.route": "/api/v2/scraping/batch-async",
        "http.response.status_code": 202,
        "ma.request_id": `batch-${trace.spanId}`,
        "ma.organisation_id": world.organisationId,
      },
      resource: { "service.name": "ma-intelligence-api" },
    });
    // All others have a parent in the trace.
    const ids = new Set(spans.map(({ spanId }) => spanId));
    const orphans = spans.filter(({ parentSpanId }) => parentSpanId === null || !ids.has(parentSpanId));
    expect(orphans.map(({ name }) => name)).toEqual([route]);

    const split = ["task.split", "send enrichment", route];
    const chunk = ["task.chunk", "send enrichment", ...split];
    const flight = ["EnrichmentFlight.refresh", "EnrichmentFlight.refresh", ...chunk];
    expect(lineage(spans, named(spans, "provider bodacc"))).toEqual(["provider bodacc", ...flight]);
    const ofChunk = spans.filter((span) => lineage(spans, span).slice(1).join() === chunk.join());
    expect(ofChunk.map(({ name }) => name)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^db .*task/), "TaskProgress.report"]),
    );
    const ofFlight = spans.filter((span) => lineage(spans, span).slice(1).join() === flight.join());
    expect(ofFlight.map(({ name }) => name)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^db /), "SourceGate.acquire", "cache kv write"]),
    );
    const kinds = Object.fromEntries(spans.map(({ name, kind }) => [name, kind]));
    expect(kinds).toMatchObject({
      "send enrichment": PRODUCER,
      "task.chunk": CONSUMER,
      "provider bodacc": CLIENT,
      "SourceGate.acquire": CLIENT,
    });
    expect(JSON.stringify(spans)).not.toContain(world.key);
  });

  test("begins with us where nobody called from one, and every one is its own when many run at once", async () => {
    const world = await mintWorld();
    const isolate = recording();
    const asked = vi.spyOn(console, "log");
    await Promise.all(
      Array.from({ length: 20 }, async () => ask(world, isolate, `/api/v2/companies/${world.siren("none")}`)),
    );
    const lines = asked.mock.calls.map(([line]) => JSON.parse(String(line)) as Record<string, unknown>);
    const ids = new Set(
      lines.flatMap(({ event, trace_id: id, organisation_id: by }) =>
        event === "request" && by === world.organisationId ? String(id) : [],
      ),
    );
    expect(ids.size).toBe(20);
    for (const id of ids) {
      const spans = await spansOf(id);
      const roots = spans.filter(({ parentSpanId }) => parentSpanId === null);
      expect(roots.map(({ name }) => name)).toEqual(["GET /api/v2/companies/{siren}"]);
      const known = new Set(spans.map(({ spanId }) => spanId));
      expect(spans.filter(({ parentSpanId }) => !known.has(parentSpanId ?? ""))).toEqual(roots);
    }
  });

  test("is not recorded unless it is sampled, whatever the caller asks for", async () => {
    const world = await mintWorld();
    const trace = newTrace();
    const headers = { traceparent: trace.headers.traceparent.replace(/00$/, "01") };
    const response = await ask(world, newIsolate(), "/api/v2/limits", { headers });
    expect(response.status).toBe(200);
    const sampled = newTrace();
    await ask(world, recording(), "/api/v2/limits", { headers: sampled.headers });
    await vi.waitFor(async () => expect(await spansOf(sampled.traceId)).not.toEqual([]), WAIT);
    expect(await spansOf(trace.traceId)).toEqual([]);
  });

  test("goes with a message that is not recorded too, and a message without one is done all the same", async () => {
    const world = await mintWorld();
    const trace = newTrace();
    const sent = vi.spyOn(env.ENRICHMENT_QUEUE, "sendBatch");
    await postBatch(world, newIsolate(), { ...trace.headers, "x-request-id": `req-${trace.spanId}` });
    const [body] = sent.mock.calls.flatMap(([messages]) => [...messages].map((message) => message.body));
    const carried = { request_id: `req-${trace.spanId}` };
    expect(body).toMatchObject({ v: 1, type: "task.split", _trace: carried });
    expect(JSON.stringify(body)).toMatch(new RegExp(`"00-${trace.traceId}-[0-9a-f]{16}-00"`));

    const message = {
      id: "old",
      timestamp: new Date(),
      attempts: 1,
      ack: vi.fn<() => void>(),
      retry: vi.fn<() => void>(),
    };
    const old = { v: 1, type: "task.finalize", task_id: "tsk_none" };
    const malformed = { ...old, _trace: { traceparent: 7 } };
    const messages = [old, malformed].map((one) => ({ ...message, body: one }));
    await consume(buildServices(env), { queue: "enrichment", messages }, () => undefined);
    expect(message.ack).toHaveBeenCalledTimes(2);
  });

  test("that the collector does not take costs the request nothing, is counted, and logged once", async () => {
    const world = await mintWorld();
    const isolate = recording({ TRACES_URL: NOWHERE });
    const count = vi.spyOn(metrics, "count");
    const logged = vi.spyOn(console, "log");
    for (let turn = 0; turn < 3; turn++) {
      expect((await ask(world, isolate, "/api/v2/limits")).status).toBe(200);
    }
    const failed = count.mock.calls.filter(([name]) => name === "trace_exports_total");
    expect(failed.length).toBeGreaterThanOrEqual(3);
    expect(new Set(failed.map(([, labels]) => JSON.stringify(labels)))).toEqual(
      new Set(['{"result":"failed"}']),
    );
    const told = logged.mock.calls.filter(([line]) => String(line).includes("trace_export_failed"));
    expect(told).toHaveLength(1);
  });

  test("is lost rather than the work, wherever its recorder breaks, and that is told once", async () => {
    const world = await mintWorld();
    const isolate = recording();
    const logged = vi.spyOn(console, "log");
    for (const step of ["record", "onStart", "onEnd"] as const) {
      const broken = vi.spyOn(SpanCollector.prototype, step).mockImplementation(() => {
        throw new Error("broken");
      });
      expect((await ask(world, isolate, "/api/v2/limits")).status).toBe(200);
      expect(broken).toHaveBeenCalled();
      broken.mockRestore();
    }
    const told = logged.mock.calls.filter(([line]) => String(line).includes("trace_not_recorded"));
    expect(told).toHaveLength(1);
  });
});

const SECRETS = [
  "s3cret-in-message",
  "s3cret-in-query",
  "s3cret-in-cookie",
  "s3cret-in-body",
  "s3cret-in-cause",
];
const [IN_MESSAGE = "", IN_QUERY = "", IN_COOKIE = "", IN_BODY = "", IN_CAUSE = ""] = SECRETS;

/** The API with a table of tasks that fails as no code foresees. */
async function sendToBroken(world: World, requestId: string): Promise<Response> {
  const isolate = new IsolateKeeper().of(newIsolate());
  const broken = new TypeError(`no such column\n    at ${IN_MESSAGE} (file.ts:1:1)`, {
    cause: new Error(IN_CAUSE),
  });
  vi.spyOn(isolate.services.jobs.tasks, "create").mockRejectedValue(broken);
  const context = createExecutionContext();
  const headers = {
    authorization: `Bearer ${world.key}`,
    "content-type": "text/csv",
    "x-request-id": requestId,
    "cf-connecting-ip": "198.51.100.77",
    cookie: `session=${IN_COOKIE}`,
    referer: `https://shop.test/?token=${IN_QUERY}`,
  };
  const url = "https://api.test/api/v2/scraping/batch-async";
  const body = `siren;nom\n${world.siren()};${IN_BODY}\n`;
  const response = await createApp(() => isolate).fetch(
    new Request(url, { method: "POST", headers, body }),
    newIsolate(),
    context,
  );
  await waitOnExecutionContext(context);
  return response;
}

describe("an error", () => {
  test("that nobody foresaw is reported once, with its request and place in the code and without a secret", async () => {
    const world = await mintWorld();
    const requestId = `broken-${crypto.randomUUID()}`;
    expect((await sendToBroken(world, requestId)).status).toBe(500);
    const events = await eventsOf(requestId);
    expect(events).toHaveLength(1);
    const [event] = events;
    expect(event).toMatchObject({
      environment: "test",
      tags: { kind: "request", route: "POST /api/v2/scraping/batch-async", request_id: requestId },
      extra: { organisation_id: world.organisationId },
    });
    const [exception] = event?.exception.values ?? [];
    expect(exception).toMatchObject({
      type: "TypeError",
      value: "TypeError in POST /api/v2/scraping/batch-async",
    });
    expect(exception?.stacktrace?.frames.map((frame) => frame.function)).toContain("sendToBroken");
    const text = JSON.stringify(event);
    for (const secret of [...SECRETS, world.key, "198.51.100.77"]) expect(text).not.toContain(secret);
  });

  test("of the client, or of something that is down, is not reported", async () => {
    const world = await mintWorld();
    const requestId = `fine-${crypto.randomUUID()}`;
    const headers = { "x-request-id": requestId, "content-type": "text/csv" };
    const paths = ["/api/v2/tasks/none/status", "/api/v2/nowhere", "/api/v2/tasks?unknown=1"];
    for (const path of paths) {
      const { status } = await ask(world, newIsolate(), path, { headers });
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
    }
    const down = newIsolate({ NEON_LOCAL_BRIDGE: NOWHERE });
    expect((await ask(world, down, "/api/v2/tasks", { headers })).status).toBe(503);
    expect(await eventsOf(requestId)).toEqual([]);
  });

  test("of a statement that the database found fault with is reported, though the answer is a 503", async () => {
    const world = await mintWorld();
    const requestId = `refused-${crypto.randomUUID()}`;
    const isolate = new IsolateKeeper().of(newIsolate());
    const refused = await query(isolate.services.database, "select no_such from tasks", []).catch(String);
    expect(refused).toContain("storage unavailable: NeonDbError 42703");
    vi.spyOn(isolate.services.jobs.reader, "list").mockImplementation(async () =>
      query(isolate.services.database, "select no_such from tasks", []),
    );
    const context = createExecutionContext();
    const headers = { authorization: `Bearer ${world.key}`, "x-request-id": requestId };
    const request = new Request("https://api.test/api/v2/tasks", { headers });
    expect((await createApp(() => isolate).fetch(request, newIsolate(), context)).status).toBe(503);
    await waitOnExecutionContext(context);
    expect(await eventsOf(requestId)).toEqual([
      expect.objectContaining({ tags: expect.objectContaining({ route: "GET /api/v2/tasks" }) }),
    ]);
  });

  test("of an object that only keeps state is reported once, whatever it was asked", async () => {
    const count = vi.spyOn(metrics, "count");
    const reported = () => count.mock.calls.filter(([name]) => name === "errors_reported_total").length;
    const name = `task:v1:${crypto.randomUUID()}`;
    await runInDurableObject(env.TASK_PROGRESS.getByName(name), async (object: TaskProgress, { storage }) => {
      vi.spyOn(storage.kv, "put").mockImplementation(() => {
        throw new RangeError(IN_MESSAGE);
      });
      const task = { taskId: "tsk_1", organisationId: "org_1", total: 1 } as never;
      await expect(object.announce(task)).rejects.toThrow(RangeError);
    });
    await vi.waitFor(() => expect(reported()).toBe(1), WAIT);
  });

  test("that cuts an answer off midway is reported", async () => {
    const world = await mintWorld();
    const requestId = `cut-${crypto.randomUUID()}`;
    const isolate = new IsolateKeeper().of(newIsolate());
    vi.spyOn(isolate.services.audit.entries, "oldest").mockRejectedValue(new TypeError(IN_MESSAGE));
    const context = createExecutionContext();
    const headers = {
      authorization: `Bearer ${world.key}`,
      "x-request-id": requestId,
      accept: "application/x-ndjson",
    };
    const request = new Request("https://api.test/api/v2/audit-logs/export", { headers });
    const response = await createApp(() => isolate).fetch(request, newIsolate(), context);
    expect(response.status).toBe(200);
    await expect(response.arrayBuffer()).rejects.toThrow(TypeError);
    await waitOnExecutionContext(context);
    const [event, ...others] = await eventsOf(requestId);
    expect(others).toEqual([]);
    expect(event).toMatchObject({ tags: { route: "GET /api/v2/audit-logs/export" } });
  });

  test("in a consumer or a job is reported with the request that sent it or one of its own, and tried again", async () => {
    const services = buildServices(newIsolate());
    const requestId = `sent-${crypto.randomUUID()}`;
    const { headers } = newTrace();
    vi.spyOn(services.jobs.engine.tasks, "load").mockRejectedValue(new RangeError(IN_MESSAGE));
    const message = {
      id: "broken",
      timestamp: new Date(),
      attempts: 1,
      ack: vi.fn<() => void>(),
      retry: vi.fn<() => void>(),
    };
    const _trace = { traceparent: headers.traceparent, request_id: requestId };
    const body = { v: 1, type: "task.split", task_id: "tsk_none", _trace };
    const later: Promise<unknown>[] = [];
    const background = (work: Promise<unknown>): void => void later.push(work);
    await consume(services, { queue: "enrichment", messages: [{ ...message, body }] }, background);
    await Promise.all(later);
    expect(message.retry).toHaveBeenCalledTimes(1);
    const [event] = await eventsOf(requestId);
    expect(event).toMatchObject({ tags: { kind: "message", route: "task.split" } });
    expect(JSON.stringify(event)).not.toContain(IN_MESSAGE);

    const expression = "7 * * * *";
    const [job] = SCHEDULE[expression] ?? [];
    if (job === undefined) throw new Error("no job");
    vi.spyOn(job, "run").mockRejectedValue(new RangeError(IN_MESSAGE));
    const report = vi.spyOn(services.telemetry.deps.errors, "report");
    await expect(runScheduled(services, expression, background)).rejects.toThrow(AggregateError);
    await Promise.all(later);
    const place = report.mock.calls[0]?.[1];
    expect(place).toMatchObject({ kind: "cron", name: job.name });
    expect(await eventsOf(place?.requestId ?? "")).toHaveLength(1);
  });

  test("is still answered when the tracker is down, and that is counted", async () => {
    const world = await mintWorld();
    const count = vi.spyOn(metrics, "count");
    const isolate = new IsolateKeeper().of(
      newIsolate({ SENTRY_DSN: `${NOWHERE.replace("//", "//key@")}/1` }),
    );
    vi.spyOn(isolate.services.jobs.reader, "list").mockRejectedValue(new TypeError());
    const context = createExecutionContext();
    const request = new Request("https://api.test/api/v2/tasks", {
      headers: { authorization: `Bearer ${world.key}` },
    });
    expect((await createApp(() => isolate).fetch(request, newIsolate(), context)).status).toBe(500);
    await waitOnExecutionContext(context);
    expect(count).toHaveBeenCalledWith("errors_reported_total", { result: "failed" });
  });
});
