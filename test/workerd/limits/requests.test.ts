import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { RateLimiter } from "../../../src/durable/rate-limiter.ts";
import { LIMITS_KEY } from "../../../src/storage/limit-settings.ts";
import { mintAddress, mintKey, mintWorld, send } from "../../support/world.ts";
import { mintLimited, newIsolate, parameter, sendTo } from "./limited-world.ts";

const LIMITS = "/api/v2/limits";
/** Refused as a bad request, cheaply, and counted under `account`. */
const COUNTED = "/api/v2/usage/entries?unknown=1";

afterEach(() => {
  vi.useRealTimers();
});

/** Seconds stand still but for what a test adds. */
function stopClock(now = Date.now()): void {
  vi.useFakeTimers({ toFake: ["Date"], now });
}

function login(headers: Record<string, string>): Request {
  const init = { method: "POST", body: "{}", headers: { "content-type": "application/json", ...headers } };
  return new Request("https://api.test/api/v2/auth/login", init);
}

async function loginStatuses(headers: Record<string, string>, times: number): Promise<number[]> {
  const statuses: number[] = [];
  for (let count = 0; count < times; count++) statuses.push((await send(login(headers))).status);
  return statuses;
}

test("1,000 concurrent requests of one key: exactly the limit and its burst get through, the others wait, none fails", async () => {
  const world = await mintLimited("free");
  stopClock();
  expect((await world.get(COUNTED)).status).toBe(400);
  const responses = await Promise.all(Array.from({ length: 999 }, async () => world.get(COUNTED)));
  const count = (status: number) => responses.filter((response) => response.status === status).length;
  expect(count(400) + count(429)).toBe(999);
  let admitted = 1 + count(400);
  // A permit or two may be left of a lease that nobody came for any more.
  while ((await world.get(COUNTED)).status === 400) admitted += 1;
  expect(admitted).toBe(720);
  const refused = responses.find(({ status }) => status === 429);
  const problem = await refused?.json();
  expect(problem).toMatchObject({ code: "limits.reached", policy: "account", status: 429 });
  const wait = refused?.headers.get("retry-after");
  expect(problem).toMatchObject({
    detail: `La limite « account » est atteinte ; réessayez dans ${wait} secondes.`,
  });
  const standing = await world.get(LIMITS);
  expect(standing.status).toBe(200);
  expect(await standing.json()).toMatchObject({
    policies: expect.arrayContaining([expect.objectContaining({ name: "account", remaining: 0 })]),
  });
});

describe("a client that waits exactly Retry-After is admitted, again and again; a second earlier it is not", () => {
  const ROUNDS = 12;
  const AS_SAID = Array.from({ length: ROUNDS }, () => [429, 429, 400]);

  /** Uses the limit up, a request every `pauseMs`, then comes back a second before a refusal says, and when it says. */
  async function comeBack(ask: () => Promise<Response>, pauseMs: number): Promise<number[][]> {
    let now = Date.now();
    const useUp = async (everyMs: number): Promise<Response> => {
      for (;;) {
        stopClock(now);
        const response = await ask();
        if (response.status === 429) return response;
        now += everyMs;
      }
    };
    const rounds: number[][] = [];
    for (let refused = await useUp(pauseMs); rounds.length < ROUNDS; refused = await useUp(0)) {
      const seconds = Number(refused.headers.get("retry-after"));
      expect(seconds).toBe(parameter(refused, "ratelimit", "t"));
      stopClock((now += (seconds - 1) * 1_000));
      const early = await ask();
      stopClock((now += 1_000));
      rounds.push([refused.status, early.status, (await ask()).status]);
    }
    return rounds;
  }

  test("by address, five a minute", async () => {
    const headers = { "cf-connecting-ip": mintAddress() };
    expect(await comeBack(async () => send(login(headers)), 7_300)).toEqual(AS_SAID);
  });

  test("by key, a hundred an hour and the burst", async () => {
    const { key } = await mintLimited("free");
    const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
    const init = { method: "POST", body: "{}", headers };
    const ask = async () => send(new Request("https://api.test/api/v2/scraping/enrich", init));
    expect(await comeBack(ask, 23_456)).toEqual(AS_SAID);
  });
});

describe("every answer says where the caller stands", () => {
  test("in well-formed fields of both families, errors included, counting down", async () => {
    const world = await mintLimited("free");
    const seen: number[] = [];
    for (const path of [COUNTED, "/api/v2/auth/me", "/api/v2/auth/sessions", COUNTED]) {
      const response = await world.get(path);
      expect(response.headers.get("ratelimit-policy")).toBe(
        '"account";q=600;w=3600,"account_burst";q=120;w=60',
      );
      const remaining = parameter(response, "ratelimit", "r");
      seen.push(remaining);
      expect(response.headers.get("x-ratelimit-limit")).toBe("600");
      expect(response.headers.get("x-ratelimit-remaining")).toBe(String(remaining));
      expect(response.headers.get("x-ratelimit-reset")).toBe(String(parameter(response, "ratelimit", "t")));
      expect(response.headers.has("retry-after")).toBe(false);
    }
    expect(seen).toEqual([599, 598, 597, 596]);
  });

  test("from the cache too: no answer repeats what was left when it was kept", async () => {
    const world = await mintWorld();
    const siren = world.siren();
    await world.enrich({ siren });
    stopClock();
    await world.request(`/api/v2/companies/${siren}`);
    const seen: number[] = [];
    for (let count = 0; count < 5; count++) {
      const response = await world.request(`/api/v2/companies/${siren}`);
      expect(response.headers.get("cache-status")).toBe("isolate; hit");
      seen.push(parameter(response, "ratelimit", "r"));
    }
    expect(new Set(seen).size).toBe(5);
    const tagged = await world.request(`/api/v2/companies/${siren}`);
    const headers = { "if-none-match": tagged.headers.get("etag") ?? "" };
    const unchanged = await world.request(`/api/v2/companies/${siren}`, { headers });
    expect(unchanged.status).toBe(304);
    expect(parameter(unchanged, "ratelimit", "r")).toBeLessThan(parameter(tagged, "ratelimit", "r"));
  });

  test("but nothing where nobody was counted", async () => {
    const anonymous = await send(new Request(`https://api.test${LIMITS}`));
    expect(anonymous.status).toBe(401);
    const { get } = await mintLimited("free");
    for (const response of [anonymous, await get("/api/v2/nowhere"), await get("/health")]) {
      expect(response.headers.has("ratelimit")).toBe(false);
    }
  });
});

test("GET /limits shows the caller's policies without charging any but its own request", async () => {
  const world = await mintLimited("pro", 3);
  await world.get(LIMITS);
  const response = await world.get(LIMITS);
  expect(response.status).toBe(200);
  expect(response.headers.get("cache-control")).toContain("no-store");
  const body = (await response.json()) as { policies: { name: string }[]; grace_until: string; plan: string };
  expect(body).toMatchObject({ plan: "pro", grace_until: expect.stringMatching(/^20.*Z$/) });
  expect(body.policies.map(({ name }) => name)).toEqual([
    "enrichment",
    "export",
    "upload",
    "search",
    "account",
    "status",
  ]);
  expect(body.policies[0]).toEqual({
    name: "enrichment",
    limit: 2_000,
    window_seconds: 3_600,
    burst: 400,
    remaining: 2_000,
    reset_seconds: 0,
    endpoints: ["POST /api/v2/scraping/enrich", "POST /api/v2/scraping/enrich-async"],
  });
  expect(body.policies[4]).toMatchObject({ name: "account", limit: 12_000, remaining: 12_000 });
  expect(body.policies[5]).toMatchObject({
    limit: 12_000,
    remaining: 11_998,
    endpoints: expect.arrayContaining(["GET /api/v2/limits", "GET /api/v2/usage"]),
  });
  const old = (await (await mintLimited("free")).get(LIMITS)).json();
  expect(await old).toMatchObject({ plan: "free", grace_until: null });
});

describe("sign-in is counted by address", () => {
  test("five a minute, whatever X-Forwarded-For says", async () => {
    stopClock();
    const address = mintAddress();
    const statuses: number[] = [];
    for (let count = 0; count < 7; count++) {
      const headers = {
        "cf-connecting-ip": address,
        "x-forwarded-for": mintAddress(),
        "x-real-ip": mintAddress(),
      };
      statuses.push((await send(login(headers))).status);
    }
    expect(statuses).toEqual([400, 400, 400, 400, 400, 429, 429]);
    expect(await loginStatuses({ "cf-connecting-ip": mintAddress(), "x-forwarded-for": address }, 1)).toEqual(
      [400],
    );
  });

  test("an IPv6 customer is its /64", async () => {
    stopClock();
    const [a = 0, b = 0] = crypto.getRandomValues(new Uint16Array(2));
    const prefix = `2001:db8:${a.toString(16)}`;
    const from = (rest: string) => ({ "cf-connecting-ip": `${prefix}:${rest}` });
    expect(await loginStatuses(from(`${b.toString(16)}::1`), 3)).toEqual([400, 400, 400]);
    expect(await loginStatuses(from(`${b.toString(16)}:9:8:7:6`), 3)).toEqual([400, 400, 429]);
    expect(await loginStatuses(from(`${((b + 1) % 65_536).toString(16)}::1`), 1)).toEqual([400]);
  });
});

function counters(answer: () => Promise<never>): DurableObjectNamespace<RateLimiter> {
  const namespace: unknown = { getByName: () => ({ take: answer, read: answer }) };
  return namespace as DurableObjectNamespace<RateLimiter>;
}

describe("while the limiter can't be reached", () => {
  const failing = { RATE_LIMITER: counters(async () => Promise.reject(new Error("overloaded"))) };
  const silent = {
    RATE_LIMITER: counters(async () => new Promise<never>(() => undefined)),
    LIMITER_READ_TIMEOUT_MS: "20",
  };

  test.each([
    ["fails", failing],
    ["is silent", silent],
  ])("and %s, reads are served and say so", async (_, changes) => {
    const { key } = await mintLimited("free");
    const headers = { authorization: `Bearer ${key}` };
    const request = new Request("https://api.test/api/v2/companies/732829320", { headers });
    const response = await sendTo(newIsolate(changes), request);
    expect(response.status).toBe(404);
    expect(response.headers.get("x-ratelimit-status")).toBe("unavailable");
    expect(response.headers.has("ratelimit")).toBe(false);
  });

  test("paid calls are refused and nothing is asked of a source", async () => {
    const world = await mintWorld();
    const siren = world.siren();
    const request = new Request("https://api.test/api/v2/scraping/enrich", {
      method: "POST",
      headers: { authorization: `Bearer ${world.key}`, "content-type": "application/json" },
      body: JSON.stringify({ siren }),
    });
    const response = await sendTo(newIsolate(failing), request);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: "limits.unavailable" });
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(Object.values(await world.calls(siren)).every((calls) => calls === 0)).toBe(true);
  });

  test.each(["login", "register", "2fa/challenge", "invitations/accept"])("%s is refused", async (name) => {
    const headers = { "cf-connecting-ip": mintAddress(), "content-type": "application/json" };
    const init = { method: "POST", body: "{}", headers };
    const response = await sendTo(
      newIsolate(failing),
      new Request(`https://api.test/api/v2/auth/${name}`, init),
    );
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: "limits.unavailable" });
    expect(response.headers.get("x-ratelimit-status")).toBe("unavailable");
  });

  test("it is logged, by kind only", async () => {
    const logged = vi.spyOn(console, "log").mockImplementation(() => undefined);
    const { key } = await mintLimited("free");
    const headers = { authorization: `Bearer ${key}` };
    await sendTo(newIsolate(failing), new Request(`https://api.test${COUNTED}`, { headers }));
    const lines = logged.mock.calls.map(([line]) => String(line));
    const line = lines.find((one) => one.includes("limiter_unreachable")) ?? "{}";
    expect(JSON.parse(line)).toMatchObject({
      level: "warn",
      event: "limiter_unreachable",
      policy: "account",
      action: "passed",
      error: "limiter unavailable: Error",
    });
    expect(line).not.toContain(key);
  });
});

describe("limits in KV", () => {
  test("hold without a deployment, half a minute later; what can't be read leaves them as they are", async () => {
    const world = await mintLimited("free");
    const other = await mintKey(world.organisationId);
    const isolate = newIsolate();
    const limitOf = async (key: string): Promise<string | null> => {
      const request = new Request(`https://api.test${COUNTED}`, {
        headers: { authorization: `Bearer ${key}` },
      });
      return (await sendTo(isolate, request)).headers.get("x-ratelimit-limit");
    };
    const start = Date.now();
    stopClock(start);
    const settle = async (at: number): Promise<void> => {
      stopClock(at);
      await limitOf(other);
    };
    expect(await limitOf(world.key)).toBe("600");
    const organisations = { [world.organisationId]: { account: { limit: 7_777 } } };
    await env.SETTINGS.put(LIMITS_KEY, JSON.stringify({ organisations }));
    expect(await limitOf(world.key)).toBe("600");
    await settle(start + 31_000);
    expect(await limitOf(world.key)).toBe("7777");
    const mixed = { [world.organisationId]: { account: { limit: 7_776 } }, org: { account: { limit: -1 } } };
    await env.SETTINGS.put(LIMITS_KEY, JSON.stringify({ organisations: mixed }));
    await settle(start + 62_000);
    expect(await limitOf(world.key)).toBe("7776");
    await env.SETTINGS.delete(LIMITS_KEY);
    await settle(start + 93_000);
    expect(await limitOf(world.key)).toBe("600");
  });

  test("hold for the first request of a new isolate already", async () => {
    const world = await mintLimited("free");
    const organisations = { [world.organisationId]: { account: { limit: 4_321 } } };
    await env.SETTINGS.put(LIMITS_KEY, JSON.stringify({ organisations }));
    const request = new Request(`https://api.test${COUNTED}`, {
      headers: { authorization: `Bearer ${world.key}` },
    });
    const response = await sendTo(newIsolate(), request);
    await env.SETTINGS.delete(LIMITS_KEY);
    expect(response.headers.get("x-ratelimit-limit")).toBe("4321");
  });
});

test("with RATE_LIMITS off nothing is counted, and nothing claims to be", async () => {
  const { key } = await mintLimited("free");
  const request = new Request(`https://api.test${COUNTED}`, { headers: { authorization: `Bearer ${key}` } });
  const response = await sendTo(newIsolate({ RATE_LIMITS: "off" }), request);
  expect(response.status).toBe(400);
  expect(response.headers.has("ratelimit")).toBe(false);
});
