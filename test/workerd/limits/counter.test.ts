import { abortAllDurableObjects, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { Random } from "../../../local/sandbox/world/random.ts";
import type { Caller } from "../../../src/domain/limits/effective-limit.ts";
import { Limiter } from "../../../src/domain/limits/limiter.ts";
import { RateLimiterClient } from "../../../src/durable/rate-limiter-client.ts";
import { fixedSettings } from "../../unit/domain/limits/in-memory-counters.ts";
import { mostInAnyWindow } from "../../unit/domain/limits/true-log.ts";

const NOON = Date.parse("2027-03-01T12:00:00Z");
const HOUR = 3_600_000;

afterEach(() => {
  vi.useRealTimers();
});

function setTime(now: number): void {
  vi.useFakeTimers({ toFake: ["Date"], now });
}

function mintCaller(): Exclude<Caller, { address: string | null }> {
  const organisationId = `org_${crypto.randomUUID()}`;
  return { organisationId, actor: { kind: "key", id: "key_1" }, plan: "free", since: 0 };
}

function newIsolate(): Limiter {
  return new Limiter({
    counters: new RateLimiterClient(env.RATE_LIMITER),
    settings: fixedSettings(),
    now: Date.now,
    log: { event: () => undefined },
    readTimeoutMs: 10_000,
  });
}

async function request(isolate: Limiter, caller: Caller, name: "search" | "enrichment"): Promise<boolean> {
  const standing = isolate.spendHeld(name, caller) ?? (await isolate.spend(name, caller, () => undefined));
  return standing?.admitted === true;
}

test("20 clients on 4 isolates strike on both sides of a boundary while the object is evicted: not one admission over the limit", async () => {
  const caller = mintCaller();
  const isolates = Array.from({ length: 4 }, newIsolate);
  const random = new Random("strike");
  const admitted: number[] = [];
  const strike = async (at: number, each: number): Promise<void> => {
    setTime(at);
    await Promise.all(
      Array.from({ length: 20 }, async (_, client) => {
        const isolate = isolates[client % isolates.length] ?? newIsolate();
        for (let count = 0; count < each; count++) {
          if (await request(isolate, caller, "search")) admitted.push(at);
        }
      }),
    );
  };
  for (const boundary of [NOON, NOON + HOUR, NOON + 2 * HOUR]) {
    await strike(boundary - 2_000 + Math.round(random.between(0, 500)), 20);
    await strike(boundary - 1, 15);
    await abortAllDurableObjects();
    await strike(boundary, 15);
    await strike(boundary + Math.round(random.between(1, 2_000)), 25);
    await abortAllDurableObjects();
    await strike(boundary + 30_000, 20);
  }
  expect(mostInAnyWindow(admitted, HOUR)).toBeLessThanOrEqual(1_200);
  expect(mostInAnyWindow(admitted, HOUR)).toBeGreaterThan(1_000);
});

test("keys, people and organisations each have their own window, on the real object too", async () => {
  setTime(NOON);
  const isolate = newIsolate();
  const caller = mintCaller();
  const others: Caller[] = [
    { ...caller, actor: { kind: "key", id: "key_2" } },
    { ...caller, actor: { kind: "user", id: "key_1" } },
    { ...mintCaller(), plan: "pro" },
  ];
  const admissions = async (one: Caller, requests: number): Promise<number> => {
    const all = await Promise.all(
      Array.from({ length: requests }, async () => request(isolate, one, "enrichment")),
    );
    return all.filter(Boolean).length;
  };
  expect(await admissions(caller, 150)).toBe(120);
  for (const other of others) {
    expect(await admissions(other, 150)).toBe("plan" in other && other.plan === "pro" ? 150 : 120);
  }
  expect(await admissions(caller, 10)).toBe(0);
});

describe("the object", () => {
  const window = { policy: "login", limit: 5, windowMs: 60_000, burst: 0 };
  const ask = { window, want: 1, refunds: [] };

  test("keeps its window through an eviction, and forgets it all once nothing counts any more", async () => {
    setTime(NOON);
    const name = "rl:v1:address:198.51.100.7";
    const stub = () => env.RATE_LIMITER.getByName(name);
    for (let count = 0; count < 5; count++) expect((await stub().take(ask)).granted).toBe(1);
    await abortAllDurableObjects();
    expect((await stub().take(ask)).granted).toBe(0);

    expect(await runDurableObjectAlarm(stub())).toBe(true);
    expect((await stub().take(ask)).granted).toBe(0);

    setTime(NOON + 61_000);
    expect(await runDurableObjectAlarm(stub())).toBe(true);
    await runInDurableObject(stub(), async (_object, { storage }) => {
      expect([...storage.kv.list()]).toEqual([]);
      expect(await storage.getAlarm()).toBeNull();
    });
    expect((await stub().take(ask)).granted).toBe(1);
  });

  test("takes back what was not spent of a lease even after an eviction, once", async () => {
    setTime(NOON);
    const search = { policy: "search", limit: 1_000, windowMs: HOUR, burst: 0 };
    const name = `rl:v1:org_${crypto.randomUUID()}:key:1`;
    const object = () => env.RATE_LIMITER.getByName(name);
    const { granted, leaseId } = await object().take({ window: search, want: 50, refunds: [] });
    expect(granted).toBe(20);
    await abortAllDurableObjects();
    setTime(NOON + 1_000);
    const refunds = [{ leaseId, unspent: 12 }];
    expect((await object().take({ window: search, want: 1, refunds })).remaining).toBe(991);
    await abortAllDurableObjects();
    expect((await object().take({ window: search, want: 1, refunds })).remaining).toBe(990);
  });
});
