import {
  abortAllDurableObjects,
  createExecutionContext,
  runInDurableObject,
  waitOnExecutionContext,
} from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { MetricStorage } from "../../../src/durable/metric-storage.ts";
import { StoredSloPoints } from "../../../src/durable/slo-points.ts";
import { MetricsClient } from "../../../src/durable/metrics-client.ts";
import { MetricBuffer } from "../../../src/observability/metric-buffer.ts";
import { MetricFlush, MetricOutbox, type MetricReport } from "../../../src/observability/metric-flush.ts";
import { METRICS } from "../../../src/observability/metrics.ts";
import { sumOf } from "../../../src/observability/metric-sums.ts";
import { MetricTotals } from "../../../src/observability/metric-totals.ts";
import { buildServices } from "../../../src/services.ts";
import worker from "../../../src/worker.ts";
import { registerPerson, signIn } from "../../support/accounts.ts";
import { mintWorld } from "../../support/world.ts";

const TOKEN = { authorization: "Bearer test-metrics-token" };
async function unreachable(): Promise<never> {
  throw new Error("unreachable");
}

const Problem = z.object({ code: z.string() });

async function scrape(headers: Record<string, string> = TOKEN, settings: object = {}): Promise<Response> {
  const context = createExecutionContext();
  const request = new Request("https://api.test/metrics", { headers });
  // A new object: what an isolate keeps, it keeps by its environment.
  const response = await worker.fetch(request, { ...env, ...settings }, context);
  await waitOnExecutionContext(context);
  return response;
}

async function handOver(): Promise<void> {
  await buildServices(env).telemetry.deps.flush.handOver();
}

/** Samples by name and labels, as they are written. */
async function samples(settings: object = {}): Promise<Map<string, number>> {
  const response = await scrape(TOKEN, settings);
  expect(response.status).toBe(200);
  const lines = (await response.text()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => [
      line.slice(0, line.lastIndexOf(" ")),
      Number(line.slice(line.lastIndexOf(" ") + 1)),
    ]),
  );
}

function requests(method: string, endpoint: string, status: number): string {
  return `http_requests_total{method="${method}",endpoint="${endpoint}",status="${status}"}`;
}

async function hanging(): Promise<unknown> {
  return new Promise(() => undefined);
}

describe("who may read the metrics", () => {
  test("whoever has METRICS_TOKEN, and nobody else", async () => {
    const { key } = await mintWorld();
    const missing = await scrape({});
    expect(missing.status).toBe(401);
    expect(missing.headers.get("www-authenticate")).toBe("Bearer");
    expect(Problem.parse(await missing.json()).code).toBe("monitoring.token_missing");
    for (const token of [key, "test-metrics-toke", "test-metrics-token2"]) {
      const refused = await scrape({ authorization: `Bearer ${token}` });
      expect(refused.status).toBe(401);
      expect(refused.headers.get("www-authenticate")).toBe("Bearer");
      expect(Problem.parse(await refused.json()).code).toBe("monitoring.token_refused");
    }
    expect((await scrape()).status).toBe(200);
  });

  test("nobody where no token is set", async () => {
    const response = await scrape(TOKEN, { METRICS_TOKEN: "" });
    expect(response.status).toBe(404);
    expect(Problem.parse(await response.json()).code).toBe("request.route_unknown");
  });
});

describe("the page", () => {
  test("is text format 0.0.4 or, when asked for, OpenMetrics 1.0.0; no cache keeps it", async () => {
    const text = await scrape();
    expect(text.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(text.headers.get("cache-control")).toBe("no-store");
    expect(await text.text()).toContain("# TYPE http_requests_total counter\n");
    const accept = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
    const open = await scrape({ ...TOKEN, accept });
    expect(open.headers.get("content-type")).toBe(
      "application/openmetrics-text; version=1.0.0; charset=utf-8",
    );
    const page = new TextDecoder().decode(await open.arrayBuffer());
    expect(page).toContain("# TYPE http_requests counter\n");
    expect(page.endsWith("\n# EOF\n")).toBe(true);
  });

  test("has every metric of the register, and every gauge that is looked up", async () => {
    await (await mintWorld()).request("/api/v2/usage");
    await signIn(await registerPerson());
    const page = await (await scrape()).text();
    for (const name of Object.keys(METRICS)) expect(page).toContain(`# TYPE ${name} `);
    const found = await samples();
    const named = new Set([...found.keys()].map((key) => key.replace(/\{.*/, "")));
    const looked = Object.entries(METRICS).flatMap(([name, metric]) =>
      metric.type === "gauge" && metric.from === "scrape" ? [name] : [],
    );
    expect(looked.filter((name) => !named.has(name))).toEqual([]);
    for (const collector of METRICS.metrics_collector_up.labels.collector) {
      expect([collector, found.get(`metrics_collector_up{collector="${collector}"}`)]).toEqual([
        collector,
        1,
      ]);
    }
    for (const queue of METRICS.queue_paused.labels.queue) {
      expect(found.get(`queue_paused{queue="${queue}"}`)).toBe(0);
    }
    expect(found.get('jobs_oldest_seconds{work="export"}')).toBeGreaterThanOrEqual(0);
    for (const dependency of METRICS.dependency_up.labels.dependency) {
      expect(found.get(`dependency_up{dependency="${dependency}"}`)).toBe(1);
    }
    for (const actor of ["key", "user"]) {
      expect(found.get(`ma_active_users{actor="${actor}",window="1d"}`)).toBeGreaterThanOrEqual(1);
    }
    expect(found.get('key_age_seconds{purpose="jwt"}')).toBeGreaterThanOrEqual(0);
    expect(found.get('provider_breaker_state{provider="bodacc"}')).toBe(0);
  });

  test("looks a gauge up once in five seconds, however often it is read", async () => {
    const own = { ...env };
    const asked = vi.fn<Queue["metrics"]>(own.ENRICHMENT_QUEUE.metrics.bind(own.ENRICHMENT_QUEUE));
    Object.assign(own, { ENRICHMENT_QUEUE: { metrics: asked } });
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    try {
      const read = async (): Promise<void> => {
        const context = createExecutionContext();
        await worker.fetch(new Request("https://api.test/metrics", { headers: TOKEN }), own, context);
        await waitOnExecutionContext(context);
      };
      await read();
      const once = asked.mock.calls.length;
      await read();
      expect(asked.mock.calls).toHaveLength(once);
      vi.advanceTimersByTime(5_000);
      await read();
      expect(asked.mock.calls).toHaveLength(2 * once);
    } finally {
      vi.useRealTimers();
    }
  });

  test("what does not answer is left out, and its part says so; the rest is there", async () => {
    const found = await samples({ ENRICHMENT_QUEUE: { metrics: hanging } });
    expect(found.get('metrics_collector_up{collector="queues"}')).toBe(0);
    expect(found.get('metrics_collector_up{collector="database_work"}')).toBe(1);
    expect(found.get('dependency_up{dependency="queues"}')).toBe(0);
    expect(found.has('queue_depth{queue="enrichment"}')).toBe(false);
    expect(found.get('queue_depth{queue="exports"}')).toBeGreaterThanOrEqual(0);
    expect(found.get('queue_depth{queue="dead-letter"}')).toBeGreaterThanOrEqual(0);
  });

  test("a statement that fails takes no other away; the dear one is not asked again for 5 minutes", async () => {
    const own = { ...env };
    let asked = 0;
    const passOn = globalThis.fetch.bind(globalThis);
    const fetched = vi.spyOn(globalThis, "fetch").mockImplementation(async (target, init) => {
      if (typeof init?.body !== "string" || !init.body.includes("from sessions")) return passOn(target, init);
      asked += 1;
      throw new Error("away");
    });
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    try {
      const read = async (): Promise<string> => {
        const context = createExecutionContext();
        const request = new Request("https://api.test/metrics", { headers: TOKEN });
        const page = await (await worker.fetch(request, own, context)).text();
        await waitOnExecutionContext(context);
        return page;
      };
      for (let at = 0; at < 3; at += 1) {
        const page = await read();
        expect(page).toContain('metrics_collector_up{collector="database_activity"} 0\n');
        expect(page).toContain('metrics_collector_up{collector="database_work"} 1\n');
        expect(page).toContain('metrics_collector_up{collector="database_upkeep"} 1\n');
        expect(page).not.toContain("ma_active_users{");
        vi.advanceTimersByTime(6_000);
      }
      expect(asked).toBe(1);
      fetched.mockRestore();
      vi.advanceTimersByTime(300_000);
      expect(await read()).toContain('metrics_collector_up{collector="database_activity"} 1\n');
    } finally {
      fetched.mockRestore();
      vi.useRealTimers();
    }
  });

  test("without one of the shards there are no sums, which would look like counters that went back", async () => {
    const shardless = {
      getByName: (name: string) =>
        name === "metrics:v1:1" ? { read: unreachable } : env.METRICS.getByName(name),
    };
    const found = await samples({ METRICS: shardless });
    expect(found.get('metrics_collector_up{collector="shards"}')).toBe(0);
    expect(found.get('metrics_collector_up{collector="database_work"}')).toBe(1);
    expect([...found.keys()].filter((key) => /_total|_bucket|in_progress/.test(key))).toEqual([]);
  });
});

describe("sums are right", () => {
  test("what clients saw is what the page says, once the isolate handed over, and after an eviction too", async () => {
    const world = await mintWorld();
    const seen = new Map<string, number>();
    await handOver();
    const before = await samples();
    const ask = async (path: string, endpoint: string, init?: RequestInit): Promise<void> => {
      const { status } = await world.request(path, init);
      const key = requests(init?.method ?? "GET", endpoint, status);
      seen.set(key, (seen.get(key) ?? 0) + 1);
    };
    for (let round = 0; round < 20; round += 1) {
      await Promise.all([
        ask(`/api/v2/companies/${world.siren()}`, "/api/v2/companies/{siren}"),
        ask("/api/v2/companies/no-siren", "/api/v2/companies/{siren}"),
        ask("/api/v2/usage", "/api/v2/usage"),
        ask(`/nowhere/${round}`, "unmatched"),
        ask("/api/v2/companies/123456782", "/api/v2/companies/{siren}", { headers: { authorization: "no" } }),
        ask("/api/v2/scraping/enrich", "/api/v2/scraping/enrich", { method: "POST", body: "{" }),
      ]);
      if (round % 7 === 6) await handOver();
    }
    const between = await samples();
    for (const [key, count] of seen) {
      expect(between.get(key) ?? 0).toBeLessThanOrEqual((before.get(key) ?? 0) + count);
    }
    await handOver();
    await abortAllDurableObjects();
    const after = await samples();
    expect([...seen.values()].reduce((all, count) => all + count, 0)).toBe(120);
    const told = [...seen.keys()].map((key) => [key, (after.get(key) ?? 0) - (before.get(key) ?? 0)]);
    expect(told).toEqual([...seen]);
    const timed = [...seen.keys()].map((key) =>
      key.replace("requests_total", "request_duration_seconds_count"),
    );
    const times = timed.map((key) => (after.get(key) ?? 0) - (before.get(key) ?? 0));
    expect(times).toEqual([...seen.values()]);
  });

  test("10,000 requests over eight isolates, with objects evicted, reports and answers lost", async () => {
    const world = await simulate({ isolates: 8, requestsEach: 1_250, rounds: 5, seed: 20_261_121 });
    expect(world.counted).toBe(10_000);
    expect(world.lost).toBeGreaterThan(5);
    expect(world.told).toEqual(world.seen);
    expect(world.timed).toBe(10_000);
    expect(world.outside).toEqual([]);
  }, 120_000);
});

test("to store a shard writes one row a metric, an isolate and a span, each time", async () => {
  const shard = env.METRICS.getByName(`rows:${crypto.randomUUID()}`);
  const written = await runInDurableObject(shard, (_, state) => {
    let rows = 0;
    const sql = new Proxy(state.storage.sql, {
      get: (target, name) =>
        name === "exec"
          ? (...args: Parameters<SqlStorage["exec"]>) => {
              const cursor = target.exec(...args);
              rows += cursor.rowsWritten;
              return cursor;
            }
          : Reflect.get(target, name, target),
    });
    const transactionSync: DurableObjectStorage["transactionSync"] = (run) =>
      state.storage.transactionSync(run);
    const storage = new Proxy(state.storage, {
      get: (target, name) =>
        name === "sql"
          ? sql
          : name === "transactionSync"
            ? transactionSync
            : Reflect.get(target, name, target),
    });
    const [stored, slos] = [new MetricStorage(storage), new StoredSloPoints(storage)];
    const totals = new MetricTotals(stored.load());
    const buffer = new MetricBuffer();
    return [1, 2].map((seq) => {
      rows = 0;
      const labels = { method: "GET", endpoint: "/api/v2/companies/{siren}", status: "200" };
      buffer.observe("http_request_duration_seconds", labels, 0.1);
      buffer.count("log_events_total", { level: "info" });
      const deltas = buffer.drain();
      totals.add({ isolate: "a", seq, deltas }, 0);
      slos.add(deltas, 0);
      stored.save(totals.changes(0));
      slos.save(0);
      totals.stored();
      return rows;
    });
  });
  // Requests, their times, events; the isolate; the span.
  expect(written).toEqual([5, 5]);
});

/** Numbers in [0, 1) that are the same in every run: mulberry32. */
function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Plan {
  isolates: number;
  requestsEach: number;
  rounds: number;
  seed: number;
}

const CLIENT = new MetricsClient(env.METRICS, 2);

/** Counts of this simulation's routes, by method, route and status; and how many of them were timed. */
async function totals(prefix: string): Promise<{ counts: Record<string, number>; timed: number }> {
  const { counters, histograms } = sumOf(await CLIENT.readAll());
  const ours = counters.filter(({ values }) => values[1]?.startsWith(prefix));
  const times = histograms.filter(({ values }) => values[1]?.startsWith(prefix));
  return {
    counts: Object.fromEntries(ours.map(({ values, by }) => [values.join(" "), by])),
    timed: times.flatMap(({ counts }) => counts).reduce((all, count) => all + count, 0),
  };
}

function sum(counts: Record<string, number>): number {
  return Object.values(counts).reduce((all, count) => all + count, 0);
}

/** Each isolate has a buffer of its own and the real objects behind it; what is sent, or its answer, may get lost. */
async function simulate({ isolates, requestsEach, rounds, seed }: Plan) {
  const random = numbersFrom(seed);
  const prefix = `/simulated-${seed}/`;
  const seen: Record<string, number> = {};
  const state = { counted: 0, lost: 0, lossless: false };
  const sendOver = async (report: MetricReport): Promise<void> => {
    const fate = state.lossless ? 1 : random();
    if (fate < 0.2) throw new Error("never arrived");
    await CLIENT.add(report);
    if (fate < 0.4) throw new Error("the answer got lost");
  };
  const all = Array.from({ length: isolates }, () => {
    const outbox = new MetricOutbox(new MetricBuffer());
    const log = { event: () => void (state.lost += 1) };
    const common = { newId: () => crypto.randomUUID(), now: () => Date.now(), sleep: async () => undefined };
    return { outbox, flush: new MetricFlush({ outbox, send: sendOver, everyMs: 0, log, ...common }) };
  });
  const request = ({ buffer }: MetricOutbox): void => {
    const labels = {
      method: random() < 0.7 ? "GET" : "POST",
      endpoint: `${prefix}${Math.floor(random() * 6)}`,
      status: String([200, 200, 200, 404, 429, 500][Math.floor(random() * 6)]),
    };
    buffer.observe("http_request_duration_seconds", labels, random() * 3);
    const key = Object.values(labels).join(" ");
    seen[key] = (seen[key] ?? 0) + 1;
    state.counted += 1;
  };
  const outside: { told: number; counted: number; waiting: number }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const { outbox } of all) for (let at = 0; at < requestsEach / rounds; at += 1) request(outbox);
    const background: Promise<unknown>[] = [];
    for (const { flush } of all) flush.settle((work) => void background.push(work));
    if (round % 2 === 1) {
      await scheduler.wait(20);
      await abortAllDurableObjects();
    }
    await Promise.all(background);
    const told = sum((await totals(prefix)).counts);
    // Two events a request; what waits may have arrived, with its answer lost.
    const waiting = all.reduce((most, { outbox }) => {
      const sent = outbox.unacknowledged?.deltas.counters ?? [];
      return most + outbox.buffer.events + sent.reduce((some, { by }) => some + by, 0);
    }, 0);
    if (told > state.counted || told < state.counted - waiting) {
      outside.push({ told, counted: state.counted, waiting });
    }
  }
  state.lossless = true;
  await Promise.all(all.map(async ({ flush }) => flush.handOver()));
  await abortAllDurableObjects();
  const { counts: told, timed } = await totals(prefix);
  return { ...state, seen, told, timed, outside };
}
