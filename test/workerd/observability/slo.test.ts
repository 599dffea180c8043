import { abortAllDurableObjects } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { judgeSlos } from "../../../src/cron/jobs/judge-slos.ts";
import type { MetricDeltas } from "../../../src/observability/metric-buffer.ts";
import { SLO_IDS } from "../../../src/observability/slos.ts";
import { buildServices, type Services } from "../../../src/services.ts";
import { mintWorld, send } from "../../support/world.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Each test has days of its own: what is older than 30 of them is forgotten. */
const START = Date.UTC(2027, 0, 1);

const Objective = z.object({
  id: z.string(),
  events: z.number(),
  good: z.number(),
  bad: z.number(),
  sli: z.number().nullable(),
  budget: z.object({ allowed: z.number(), spent: z.number(), left_ratio: z.number().nullable() }),
  burn: z.record(z.string(), z.number().nullable()),
  status: z.string(),
});
type Objective = z.infer<typeof Objective>;
const Report = z.object({ window_days: z.literal(30), generated_at: z.string(), slos: z.array(Objective) });
const Problem = z.object({ code: z.string() });

async function getSlo(query = ""): Promise<Response> {
  const headers = { authorization: "Bearer test-metrics-token" };
  return send(new Request(`https://api.test/slo${query}`, { headers }));
}

async function objective(id: string): Promise<Objective> {
  const response = await getSlo();
  expect(response.status).toBe(200);
  const found = Report.parse(await response.json()).slos.find((slo) => slo.id === id);
  return Objective.parse(found);
}

async function handOver({ telemetry }: Services): Promise<void> {
  await telemetry.deps.flush.handOver();
}

/** As isolates report it: `bad` of `total` sign-ins failed with an error of ours. */
function signIns(total: number, bad: number): MetricDeltas {
  const name = "http_requests_total";
  const route = ["POST", "/api/v2/auth/login"];
  const counted = [
    { name, values: [...route, "200"], by: total - bad },
    { name, values: [...route, "500"], by: bad },
  ];
  return { counters: counted.filter(({ by }) => by > 0), histograms: [], gauges: [] };
}

async function report(shard: 1 | 2, deltas: MetricDeltas): Promise<void> {
  const isolate = crypto.randomUUID();
  await env.METRICS.getByName(`metrics:v1:${shard}`).add({ isolate, seq: 1, deltas });
}

async function breachesOf(slo: string): Promise<number> {
  const { counters } = await env.METRICS.getByName("metrics:v1:1").read();
  const found = counters.find(({ name, values }) => name === "slo_breaches_total" && values[0] === slo);
  return found?.by ?? 0;
}

/** A Worker that has just started, and the breaches that it tells of. */
function judge(): { run: () => Promise<void>; told: unknown[] } {
  const services = buildServices(env);
  const told: unknown[] = [];
  vi.spyOn(services.log, "event").mockImplementation((name, fields) => {
    if (name === "slo_breached") told.push(fields);
  });
  return { run: async () => judgeSlos(services), told };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: START });
});

afterEach(() => {
  vi.useRealTimers();
});

test("/slo counts just what was asked through HTTP, and holds only our own faults against us", async () => {
  const services = buildServices(env);
  const world = await mintWorld();
  const siren = world.siren();
  expect((await world.enrich({ siren })).status).toBe(200);
  await handOver(services);
  const before = {
    errors: await objective("company_errors"),
    there: await objective("company_availability"),
  };

  const statuses: number[] = [];
  const read = async (path: string, init: RequestInit = {}): Promise<void> => {
    statuses.push((await world.request(`/api/v2/companies/${path}`, init)).status);
  };
  for (let count = 0; count < 4; count++) await read(siren);
  await read(world.siren("unknown"));
  await read("not-a-siren");
  await read(siren, { headers: { authorization: "Bearer nobody" } });
  await read(siren, { method: "HEAD" });
  const unread = world.siren("unread");
  const network = vi.spyOn(globalThis, "fetch").mockRejectedValue(new Error("no database"));
  await read(unread);
  network.mockRestore();
  expect(statuses).toEqual([200, 200, 200, 200, 404, 400, 401, 200, 503]);

  await handOver(services);
  const after = { errors: await objective("company_errors"), there: await objective("company_availability") };
  expect(after.errors.events - before.errors.events).toBe(8);
  expect(after.errors.bad - before.errors.bad).toBe(0);
  expect(after.there.events - before.there.events).toBe(8);
  expect(after.there.bad - before.there.bad).toBe(1);
});

test("every objective is told of; `status` picks some, another status is refused by name", async () => {
  const all = Report.parse(await (await getSlo()).json()).slos;
  expect(all.map(({ id }) => id)).toEqual(SLO_IDS);
  const some = Report.parse(await (await getSlo("?status=no_data")).json()).slos;
  expect(some).toEqual(all.filter(({ status }) => status === "no_data"));
  const refused = await getSlo("?status=bad");
  expect(refused.status).toBe(400);
  expect(await refused.text()).toContain("status");
});

describe("an outage of one hour", () => {
  test("burns the budget as calculated by hand, over all shards and whatever is evicted meanwhile", async () => {
    const outage = START + 100 * DAY;
    vi.setSystemTime(outage - DAY);
    await Promise.all([report(1, signIns(500, 0)), report(2, signIns(400, 0))]);
    vi.setSystemTime(outage);
    await Promise.all([report(1, signIns(30, 20)), report(2, signIns(20, 5))]);
    await abortAllDurableObjects();
    vi.setSystemTime(outage + 40 * MINUTE);
    await Promise.all([report(1, signIns(30, 0)), report(1, signIns(20, 5)), report(2, signIns(0, 0))]);
    await abortAllDurableObjects();
    vi.setSystemTime(outage + HOUR);

    const { events, good, bad, sli, budget, burn, status } = await objective("login_errors");
    expect({ events, good, bad, sli }).toEqual({ events: 1_000, good: 970, bad: 30, sli: 0.97 });
    expect(budget.allowed).toBeCloseTo(1);
    expect(budget.left_ratio).toBeCloseTo(-29);
    expect(status).toBe("spent");
    // Of 50 within half an hour 5 failed, of 100 within the hour 30; one in a thousand may.
    expect(burn["5m"]).toBeNull();
    expect(burn["30m"]).toBeCloseTo(100);
    expect(burn["1h"]).toBeCloseTo(300);
    expect(burn["6h"]).toBeCloseTo(300);
    expect(burn["3d"]).toBeCloseTo(30);

    vi.setSystemTime(outage + 31 * DAY);
    expect(await objective("login_errors")).toMatchObject({ events: 0, sli: null, status: "no_data" });
  });
});

describe("five minutes that are over", () => {
  test("are judged once, over all shards, whoever judges how often", async () => {
    const one = judge();
    const other = judge();
    const span = START + 200 * DAY;
    vi.setSystemTime(span);
    await one.run();
    const before = await breachesOf("login_errors");
    // Bad on one shard, good enough on both together; then bad on both together.
    vi.setSystemTime(span + MINUTE);
    await Promise.all([report(1, signIns(100, 1)), report(2, signIns(2_000, 0))]);
    vi.setSystemTime(span + 6 * MINUTE);
    await Promise.all([report(1, signIns(100, 1)), report(2, signIns(100, 0))]);
    await one.run();
    expect(await breachesOf("login_errors")).toBe(before);

    vi.setSystemTime(span + 10 * MINUTE);
    await one.run();
    await abortAllDurableObjects();
    await other.run();
    vi.setSystemTime(span + 16 * MINUTE);
    await one.run();
    expect(await breachesOf("login_errors")).toBe(before + 1);
    expect([one.told, other.told]).toEqual([[{ slo: "login_errors", good: 199, total: 200 }], []]);
  });

  test("are judged later when the crons were late, up to an hour", async () => {
    const { run, told } = judge();
    const begin = START + 300 * DAY;
    vi.setSystemTime(begin);
    await run();
    for (const minutes of [1, 21, 136]) {
      vi.setSystemTime(begin + minutes * MINUTE);
      await report(2, signIns(10, minutes % 10));
    }
    vi.setSystemTime(begin + 45 * MINUTE);
    await run();
    expect(told.length).toBe(2);
    vi.setSystemTime(begin + 200 * MINUTE);
    await run();
    expect(told.length).toBe(2);
  });
});

test("while a shard can't be asked there are no figures, rather than wrong ones", async () => {
  const first = env.METRICS.getByName("metrics:v1:1");
  vi.spyOn(env.METRICS, "getByName").mockImplementation((name) => {
    if (name === "metrics:v1:1") return first;
    throw new Error("no such object");
  });
  const response = await getSlo();
  expect(response.status).toBe(503);
  expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(Problem.parse(await response.json()).code).toBe("storage.unavailable");
});
