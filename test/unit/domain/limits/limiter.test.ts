import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Plan } from "../../../../src/domain/accounts/principal.ts";
import { type Caller, effectiveLimit } from "../../../../src/domain/limits/effective-limit.ts";
import { LimiterUnavailable } from "../../../../src/domain/limits/errors.ts";
import { Limiter } from "../../../../src/domain/limits/limiter.ts";
import {
  type LimitOverrides,
  NO_OVERRIDES,
  readOverrides,
} from "../../../../src/domain/limits/limit-overrides.ts";
import { POLICIES, type PolicyName } from "../../../../src/domain/limits/limit-table.ts";
import type { LimitCounters } from "../../../../src/domain/limits/ports.ts";
import { fixedSettings, InMemoryCounters } from "./in-memory-counters.ts";

const START = 1_800_000_000_000;
const DAY = 86_400_000;
const NAMES = Object.keys(POLICIES) as PolicyName[];
const silent = { event: () => undefined };
const nowhere = (): void => undefined;

function key(id: string, plan: Plan = "free", organisationId = "org_1"): Caller {
  return { organisationId, actor: { kind: "key", id }, plan, since: START - 30 * DAY };
}

function newLimiter(clock: { now: number }, counters: LimitCounters, overrides = NO_OVERRIDES): Limiter {
  const settings = fixedSettings(overrides);
  return new Limiter({ counters, settings, now: () => clock.now, log: silent, readTimeoutMs: 150 });
}

async function request(limiter: Limiter, name: PolicyName, caller: Caller): Promise<boolean> {
  const standing = limiter.spendHeld(name, caller) ?? (await limiter.spend(name, caller, nowhere));
  return standing?.admitted === true;
}

async function admissions(limiter: Limiter, name: PolicyName, caller: Caller, requests: number) {
  let admitted = 0;
  for (let count = 0; count < requests; count++) if (await request(limiter, name, caller)) admitted += 1;
  return admitted;
}

describe("callers", () => {
  const callers: Caller[] = [
    key("key_1"),
    key("key_2"),
    key("key_1", "pro", "org_2"),
    { ...key("key_1"), actor: { kind: "user", id: "key_1" } },
    { address: "192.0.2.1" },
    { address: "192.0.2.2" },
    { address: "2001:db8:1:1::1" },
    { address: "2001:db8:1:2::1" },
    { address: null },
  ];
  const schedule = fc.array(
    fc.record({
      after: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 400_000 })),
      caller: fc.nat({ max: callers.length - 1 }),
      name: fc.constantFrom<PolicyName>("login", "upload", "export", "enrichment"),
      times: fc.integer({ min: 1, max: 12 }),
    }),
    { maxLength: 40 },
  );

  test("never interfere: each gets what it would get alone, whatever keys, people, plans and networks do beside it", async () => {
    await fc.assert(
      fc.asyncProperty(schedule, async (steps) => {
        const run = async (only: number | null): Promise<string[]> => {
          const clock = { now: START };
          const limiter = newLimiter(clock, new InMemoryCounters(() => clock.now));
          const seen: string[] = [];
          for (const { after, caller, name, times } of steps) {
            clock.now += after;
            const one = callers[caller];
            if (one === undefined || (only !== null && only !== caller)) continue;
            seen.push(`${caller} ${name} ${await admissions(limiter, name, one, times)}`);
          }
          return seen;
        };
        const together = await run(null);
        for (const index of callers.keys()) {
          const own = together.filter((line) => line.startsWith(`${index} `));
          expect(own).toEqual(await run(index));
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test("of one /64 are one client, of another they are not", async () => {
    const limiter = newLimiter({ now: START }, new InMemoryCounters(() => START));
    expect(await admissions(limiter, "login", { address: "2001:db8:1:1::1" }, 3)).toBe(3);
    expect(await admissions(limiter, "login", { address: "2001:db8:1:1:ffff::2" }, 9)).toBe(2);
    expect(await admissions(limiter, "login", { address: "2001:db8:1:2::1" }, 9)).toBe(5);
    expect(await admissions(limiter, "login", { address: "::ffff:192.0.2.9" }, 9)).toBe(5);
    expect(await admissions(limiter, "login", { address: "192.0.2.9" }, 9)).toBe(0);
  });

  test("without a known address share one window", async () => {
    const limiter = newLimiter({ now: START }, new InMemoryCounters(() => START));
    expect(await admissions(limiter, "login", { address: null }, 9)).toBe(5);
  });
});

describe("a policy", () => {
  test.each([
    ["free", 120],
    ["pro", 1_200],
    ["enterprise", 12_000],
    ["admin", 120_000],
  ] as const)("enrichment on plan %s admits %i at once: the limit and a fifth", async (plan, admitted) => {
    const limiter = newLimiter({ now: START }, new InMemoryCounters(() => START));
    expect(await admissions(limiter, "enrichment", key("key_1", plan), admitted + 50)).toBe(admitted);
  });

  test.each([
    ["login", 5],
    ["two_factor", 5],
    ["invitation", 5],
    ["register", 5],
    ["refresh", 60],
  ] as const)("%s admits %i of an address, and no more", async (name, limit) => {
    const limiter = newLimiter({ now: START }, new InMemoryCounters(() => START));
    expect(await admissions(limiter, name, { address: "192.0.2.1" }, limit + 20)).toBe(limit);
  });

  test.each([
    ["enrichment", 100],
    ["export", 10],
    ["upload", 5],
    ["search", 1_000],
    ["account", 600],
    ["status", 600],
  ] as const)("%s is %i an hour on the free plan, twice that in the first week", (name, limit) => {
    const at = { overrides: NO_OVERRIDES, now: START };
    expect(effectiveLimit(name, key("key_1"), at)).toMatchObject({ limit, windowMs: 3_600_000 });
    const young = (age: number) => effectiveLimit(name, { ...key("key_1"), since: START - age }, at).limit;
    expect(young(0)).toBe(limit * 2);
    expect(young(7 * DAY - 1)).toBe(limit * 2);
    expect(young(7 * DAY)).toBe(limit);
  });
});

describe("limits set by operators", () => {
  const overrides: LimitOverrides = {
    policies: { enrichment: { limit: 200 }, login: { limit: 50 } },
    organisations: { org_x: { enrichment: { limit: 5_000 } } },
  };
  const at = { overrides, now: START };

  test("replace the base that plan and grace multiply; an organisation's own are as they are; others stay", () => {
    const limitOn = (plan: "free" | "pro" | "enterprise", organisationId = "org_1") =>
      effectiveLimit("enrichment", key("key_1", plan, organisationId), at);
    expect(limitOn("free")).toMatchObject({ limit: 200, burst: 40 });
    expect(limitOn("enterprise")).toMatchObject({ limit: 20_000, burst: 4_000 });
    const young = { ...key("key_1", "pro"), since: START };
    expect(effectiveLimit("enrichment", young, at).limit).toBe(4_000);
    expect(limitOn("enterprise", "org_x").limit).toBe(5_000);
    expect(limitOn("free", "org_x").limit).toBe(5_000);
    expect(effectiveLimit("export", key("key_1", "free", "org_x"), at).limit).toBe(10);
    expect(effectiveLimit("login", { address: "192.0.2.1" }, at).limit).toBe(50);
  });

  test.each<[unknown, string]>([
    [{ policies: { enrichement: { limit: 1 } } }, "policies.enrichement"],
    [{ policies: { enrichment: { limit: 0 } } }, "policies.enrichment"],
    [{ policies: { enrichment: { limit: 1.5 } } }, "policies.enrichment"],
    [{ policies: { enrichment: 5 } }, "policies.enrichment"],
    [{ policies: { constructor: { limit: 5 } } }, "policies.constructor"],
    [{ policies: [] }, "policies"],
    [{ organisations: { org_x: { login: { limit: 5 } } } }, "organisations.org_x.login"],
    [{ organisations: { org_x: 5 } }, "organisations.org_x"],
    [{ organisation: {} }, "organisation"],
    [[], "limits"],
  ])("%j: the entry at fault is named, and left out", (value, fault) => {
    const { overrides: read, faults } = readOverrides(value);
    expect(faults).toEqual([fault]);
    expect(JSON.stringify(read)).not.toContain("limit");
  });

  test("hold although another entry is wrong", () => {
    const { overrides: read, faults } = readOverrides({
      policies: { search: { limit: 7 }, serach: { limit: 8 } },
      organisations: { org_x: { export: { limit: 9 }, login: { limit: 1 } } },
    });
    expect(read).toEqual({
      policies: { search: { limit: 7 } },
      organisations: { org_x: { export: { limit: 9 } } },
    });
    expect(faults).toEqual(["policies.serach", "organisations.org_x.login"]);
  });
});

describe("while the counters do not answer", () => {
  const dead: LimitCounters = {
    take: async () => Promise.reject(new LimiterUnavailable("timeout")),
    read: async () => Promise.reject(new LimiterUnavailable("timeout")),
  };

  test.each(NAMES)("%s does what the table says", async (name) => {
    const caller = POLICIES[name].per === "address" ? { address: "192.0.2.1" } : key("key_1");
    const limiter = newLimiter({ now: START }, dead);
    const outcome = await limiter.spend(name, caller, nowhere).catch((error: unknown) => error);
    const refused = outcome instanceof LimiterUnavailable;
    expect(refused || outcome === null).toBe(true);
    expect(refused).toBe(POLICIES[name].whenUnreachable === "refuse");
  });

  test("only what guards no secret and costs nothing passes uncounted", () => {
    const open = NAMES.filter((name) => POLICIES[name].whenUnreachable === "open");
    expect(open).toEqual(["refresh", "credential", "hook", "download", "search", "account", "status"]);
  });
});

test("a caller who was refused is served again, and stays so, once an operator raised the limit", async () => {
  const clock = { now: START };
  const counters = new InMemoryCounters(() => clock.now);
  const settings: { value: LimitOverrides } = {
    value: { ...NO_OVERRIDES, organisations: { org_1: { account: { limit: 3 } } } },
  };
  const limiter = new Limiter({
    counters,
    settings: { fresh: () => settings.value, read: async () => settings.value },
    now: () => clock.now,
    log: silent,
    readTimeoutMs: 150,
  });
  expect(await admissions(limiter, "account", key("key_1"), 20)).toBeLessThan(20);
  settings.value = NO_OVERRIDES;
  expect(await admissions(limiter, "account", key("key_1"), 20)).toBe(20);
});
