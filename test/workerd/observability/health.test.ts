import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { newGateState } from "../../../src/domain/enrichment/gate.ts";
import { SOURCE_NAMES } from "../../../src/domain/enrichment/source.ts";
import { pauseKey } from "../../../src/storage/queue-settings.ts";
import { changeGate, resetGates } from "../../support/source-gates.ts";
import { newIsolate, sendTo } from "../limits/limited-world.ts";

const MONITORING = { authorization: "Bearer test-metrics-token" };
/** Nobody listens there. */
const NO_DATABASE = { NEON_LOCAL_BRIDGE: "http://127.0.0.1:9" };
const ALL_OK = [
  { name: "database", ok: true },
  { name: "kv", ok: true },
  { name: "r2", ok: true },
  { name: "queues", ok: true },
  { name: "durable_objects", ok: true },
];

async function get(path: string, isolate: Env = newIsolate()): Promise<Response> {
  return sendTo(isolate, new Request(`https://api.test${path}`, { headers: MONITORING }));
}

const DOWN = new Error("down");
const BREAK = {
  kv: () => vi.spyOn(env.COMPANY_CACHE, "get").mockRejectedValue(DOWN),
  r2: () => vi.spyOn(env.UPLOADS, "head").mockRejectedValue(DOWN),
  queues: () => vi.spyOn(env.ENRICHMENT_QUEUE, "metrics").mockRejectedValue(DOWN),
  durable_objects: () =>
    vi.spyOn(env.SOURCE_GATE, "getByName").mockImplementation(() => {
      throw DOWN;
    }),
} as const;

afterEach(() => {
  vi.useRealTimers();
});

describe("/health", () => {
  test("says the service is up, whatever its dependencies and settings are", async () => {
    for (const changes of [NO_DATABASE, { DATABASE_URL: "" }]) {
      const response = await get("/health", newIsolate(changes));
      expect(response.status).toBe(200);
      expect(await response.json()).toEqual({ status: "ok" });
    }
  });
});

describe("/ready", () => {
  test("names each dependency that answers", async () => {
    const response = await get("/ready");
    expect(response.status).toBe(200);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await response.json()).toMatchObject({ status: "ready", failing: [], checks: ALL_OK });
  });

  test("is 503 and names the database when it can't be reached", async () => {
    const response = await get("/ready", newIsolate(NO_DATABASE));
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("5");
    expect(await response.json()).toMatchObject({ status: "not_ready", failing: ["database"] });
  });

  test("is 503 and names everything else that does not answer", async () => {
    for (const breakDown of Object.values(BREAK)) breakDown();
    const response = await get("/ready");
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ failing: ["kv", "r2", "queues", "durable_objects"] });
  });

  test("asks the dependencies once in 2 seconds, however often it is asked", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 5, 1) });
    const isolate = newIsolate();
    const asked = vi.spyOn(env.UPLOADS, "head");
    await get("/ready", isolate);
    vi.setSystemTime(Date.UTC(2026, 5, 1) + 1_999);
    await Promise.all(Array.from({ length: 20 }, async () => get("/ready", isolate)));
    expect(asked).toHaveBeenCalledTimes(1);
    vi.setSystemTime(Date.UTC(2026, 5, 1) + 2_000);
    await Promise.all(Array.from({ length: 20 }, async () => get("/ready", isolate)));
    expect(asked).toHaveBeenCalledTimes(2);
  });

  test("tells within 2 seconds that a dependency failed, and that it is back", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 5, 1) });
    const isolate = newIsolate();
    expect((await get("/ready", isolate)).status).toBe(200);
    const broken = BREAK.r2();
    vi.setSystemTime(Date.UTC(2026, 5, 1) + 2_000);
    expect((await get("/ready", isolate)).status).toBe(503);
    broken.mockRestore();
    vi.setSystemTime(Date.UTC(2026, 5, 1) + 4_000);
    expect((await get("/ready", isolate)).status).toBe(200);
  });

  test("while somebody asks again the others get what is known, unless it is older than 5 seconds", async () => {
    const start = Date.UTC(2026, 5, 1);
    vi.useFakeTimers({ toFake: ["Date"], now: start });
    const isolate = newIsolate();
    const both = async (): Promise<number[]> =>
      Promise.all([get("/ready", isolate), get("/ready", isolate)]).then((all) =>
        all.map(({ status }) => status).toSorted((one, other) => one - other),
      );
    expect((await get("/ready", isolate)).status).toBe(200);
    BREAK.r2();
    vi.setSystemTime(start + 4_999);
    expect(await both()).toEqual([200, 503]);
    vi.restoreAllMocks();
    vi.setSystemTime(start + 10_000);
    expect((await get("/ready", isolate)).status).toBe(200);
    BREAK.r2();
    vi.setSystemTime(start + 3_600_000);
    expect(await both()).toEqual([503, 503]);
  });
});

describe("/health/detailed", () => {
  afterEach(resetGates);

  test("shows what runs and how each part of it does", async () => {
    const response = await get("/health/detailed");
    expect(response.status).toBe(200);
    expect(response.headers.get("cache-control")).toBe("no-store");
    const text = await response.text();
    const closed = { state: "closed", reopens_at: null };
    expect(JSON.parse(text)).toEqual({
      status: "ok",
      reasons: [],
      environment: "test",
      api_version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      build: { id: expect.any(String), tag: expect.any(String), timestamp: expect.any(String) },
      isolate: { started_at: expect.any(String), uptime_seconds: expect.any(Number) },
      dependencies: ALL_OK.map((one) => ({ ...one, duration_ms: expect.any(Number) })),
      providers: SOURCE_NAMES.map((name) => ({
        name,
        enabled: true,
        configured: true,
        breaker: closed,
        paused: null,
      })),
      llm: { configured: false },
      queues: ["enrichment", "exports", "events", "dead-letter"].map((name) => ({
        name,
        backlog_count: expect.any(Number),
        oldest_message_at: null,
        paused: false,
      })),
    });
    for (const secret of [env.DATABASE_URL, env.METRICS_TOKEN, env.PAPPERS_API_KEY, "http://"])
      expect(text).not.toContain(secret);
  });

  test("is degraded while the breaker of a provider is open, and says until when", async () => {
    const until = Date.now() + 30_000;
    await changeGate("insee", { ...newGateState(), failures: 10, openUntil: until });
    const response = await get("/health/detailed");
    expect(response.status).toBe(200);
    const breaker = { state: "open", reopens_at: new Date(until).toISOString() };
    expect(await response.json()).toMatchObject({
      status: "degraded",
      reasons: ["breaker_open:insee"],
      providers: expect.arrayContaining([expect.objectContaining({ name: "insee", breaker })]),
    });
  });

  test("shows a provider that a single call tries, one that refuses our key, and one that has none", async () => {
    await changeGate("insee", { ...newGateState(), failures: 10, openUntil: 1 });
    const until = Date.now() + 60_000;
    await changeGate("kaspr", { ...newGateState(), pausedUntil: until, pauseReason: "invalid_key" });
    const sources = "recherche_entreprises,insee,bodacc,ratios_inpi,kaspr";
    const isolate = Object.assign(newIsolate(), { ENABLED_SOURCES: sources, PAPPERS_API_KEY: "" });
    const response = await get("/health/detailed", isolate);
    expect(await response.json()).toMatchObject({
      status: "ok",
      providers: expect.arrayContaining([
        expect.objectContaining({ name: "insee", breaker: { state: "half_open", reopens_at: null } }),
        expect.objectContaining({
          name: "kaspr",
          paused: { reason: "invalid_key", until: new Date(until).toISOString() },
        }),
        expect.objectContaining({ name: "pappers", enabled: false, configured: false }),
        expect.objectContaining({ name: "bodacc", enabled: true, configured: true }),
      ]),
    });
  });

  test("is degraded while a queue is paused", async () => {
    await env.SETTINGS.put(pauseKey("exports"), "paused");
    const paused = await get("/health/detailed");
    await env.SETTINGS.delete(pauseKey("exports"));
    expect(await paused.json()).toMatchObject({
      status: "degraded",
      reasons: ["queue_paused:exports"],
      queues: expect.arrayContaining([expect.objectContaining({ name: "exports", paused: true })]),
    });
  });

  test("is degraded, not down, without R2 or KV", async () => {
    BREAK.kv();
    BREAK.r2();
    const response = await get("/health/detailed");
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      status: "degraded",
      reasons: ["dependency_failing:kv", "dependency_failing:r2"],
    });
  });

  test("is down without the database, and without Durable Objects, of which it shows what it can", async () => {
    const without = await get("/health/detailed", newIsolate(NO_DATABASE));
    expect(without.status).toBe(503);
    expect(await without.json()).toMatchObject({
      status: "down",
      reasons: ["dependency_failing:database"],
    });
    const broken = BREAK.durable_objects();
    const lost = await get("/health/detailed");
    broken.mockRestore();
    expect(lost.status).toBe(503);
    expect(await lost.json()).toMatchObject({
      status: "down",
      reasons: ["dependency_failing:durable_objects"],
      providers: SOURCE_NAMES.map((name) => ({ name, breaker: null, paused: null })),
    });
  });
});

describe.each(["/health/detailed", "/slo"])("%s is for monitoring alone", (path) => {
  const request = (authorization: string | null): Request =>
    new Request(`https://api.test${path}`, authorization === null ? {} : { headers: { authorization } });

  test("without the token, or with another one, it is 401", async () => {
    expect((await sendTo(newIsolate(), request(null))).status).toBe(401);
    expect((await sendTo(newIsolate(), request("Bearer test-metrics-tokem"))).status).toBe(401);
    expect((await sendTo(newIsolate(), request("Basic test-metrics-token"))).status).toBe(401);
  });

  test("where no token is configured there is nothing to be found", async () => {
    const isolate = newIsolate({ METRICS_TOKEN: "" });
    expect((await sendTo(isolate, request(MONITORING.authorization))).status).toBe(404);
  });

  test("an unknown parameter is named", async () => {
    const headers = MONITORING;
    const response = await sendTo(
      newIsolate(),
      new Request(`https://api.test${path}?verbose=1`, { headers }),
    );
    expect(response.status).toBe(400);
    expect(await response.text()).toContain("verbose");
  });
});
