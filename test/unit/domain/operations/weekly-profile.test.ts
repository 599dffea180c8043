import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { costsSince, type CostTotals } from "../../../../src/domain/operations/cost-totals.ts";
import { mondayOf, quantileOf, weeklyProfile } from "../../../../src/domain/operations/weekly-profile.ts";

const BOUNDS = [0.1, 1, 10];
const NOTHING: CostTotals = {
  bounds: BOUNDS,
  routes: {},
  statements: {},
  providers: {},
  companies: { reads: 0, hits: 0 },
};

interface Route {
  counts?: number[];
  seconds?: number;
  errors?: number;
  repeated?: number;
}

function route({ counts = [100, 0, 0, 0], seconds = 1, errors = 0, repeated = 0 }: Route = {}) {
  return { counts, seconds, errors, repeated };
}

function provider(
  statuses: Record<string, number>,
  spent: { calls?: number; seconds?: number; euros?: number } = {},
) {
  const every = Object.values(statuses).reduce((sum, one) => sum + one, 0);
  const { calls = every, seconds = 1, euros = 0 } = spent;
  return { statuses, calls, seconds, credits: euros * 10, euros };
}

const unknown = (): null => null;

function profileOf(costs: Partial<CostTotals>) {
  return weeklyProfile({ ...NOTHING, ...costs }, unknown);
}

function adviceOf({ advice }: { advice: { code: string }[] } = { advice: [] }): string[] {
  return advice.map(({ code }) => code);
}

describe("what was spent since", () => {
  const now: CostTotals = {
    bounds: BOUNDS,
    routes: { a: route({ counts: [5, 5, 0, 0], seconds: 9, errors: 3 }), b: route() },
    statements: { s: { calls: 10, seconds: 2 } },
    providers: { pappers: provider({ found: 7, timeout: 2 }, { seconds: 4, euros: 3 }) },
    companies: { reads: 10, hits: 4 },
  };

  test("nothing is everything that was counted", () => {
    expect(costsSince(now, null)).toEqual(now);
  });

  test("a week ago is the difference, whole for what is new", () => {
    const before: CostTotals = {
      ...now,
      routes: { a: route({ counts: [4, 2, 0, 0], seconds: 5, errors: 1 }) },
      statements: { s: { calls: 4, seconds: 0.5 } },
      providers: { pappers: provider({ found: 5 }, { seconds: 1, euros: 1 }) },
      companies: { reads: 6, hits: 1 },
    };
    expect(costsSince(now, before)).toEqual({
      bounds: BOUNDS,
      routes: { a: route({ counts: [1, 3, 0, 0], seconds: 4, errors: 2 }), b: route() },
      statements: { s: { calls: 6, seconds: 1.5 } },
      providers: { pappers: provider({ found: 2, timeout: 2 }, { seconds: 3, euros: 2 }) },
      companies: { reads: 4, hits: 3 },
    });
  });

  test("counters that went back is what they say: they began anew", () => {
    const before: CostTotals = {
      ...now,
      routes: { a: route({ counts: [90, 0, 0, 0], seconds: 100 }) },
      statements: { s: { calls: 500, seconds: 60 } },
    };
    const since = costsSince(now, before);
    expect(since.routes["a"]).toEqual(now.routes["a"]);
    expect(since.statements).toEqual(now.statements);
  });

  test("a change of the buckets is the difference all the same, spread over the new ones", () => {
    const routes = { a: route({ counts: [2, 1, 0, 0], seconds: 5, errors: 1 }) };
    const since = costsSince(now, { ...now, bounds: [0.2, 1, 10], routes });
    expect(since.routes["a"]).toEqual(route({ counts: [4, 3, 0, 0], seconds: 4, errors: 2 }));
    fc.assert(
      fc.property(fc.array(fc.nat(1_000), { minLength: 4, maxLength: 4 }), fc.nat(500), (counts, less) => {
        const total = counts.reduce((sum, one) => sum + one, 0);
        const before = { ...NOTHING, bounds: [1], routes: { a: route({ counts: [Math.min(less, total)] }) } };
        const found = costsSince({ ...NOTHING, routes: { a: route({ counts }) } }, before).routes["a"];
        expect(found?.counts.every((count) => count >= 0)).toBe(true);
        expect(found?.counts.reduce((sum, one) => sum + one, 0)).toBe(total - Math.min(less, total));
      }),
    );
  });
});

describe("a quantile of counts by bucket", () => {
  test("lies where its observation lies, as far into the bucket as there are others before it", () => {
    expect(quantileOf(0.5, [0, 10, 0, 0], BOUNDS)).toBeCloseTo(0.55);
    expect(quantileOf(0.95, [90, 10, 0, 0], BOUNDS)).toBeCloseTo(0.55);
    expect(quantileOf(0.95, [90, 0, 0, 10], BOUNDS)).toBe(10);
    expect(quantileOf(0.95, [0, 0, 0, 0], BOUNDS)).toBe(0);
  });

  test("is within the bounds of the bucket that holds the observation of its rank", () => {
    const counts = fc
      .array(fc.nat(50), { minLength: 4, maxLength: 4 })
      .filter((all) => all.some((n) => n > 0));
    fc.assert(
      fc.property(counts, fc.double({ min: 0.01, max: 1, noNaN: true }), (all, share) => {
        const observations = all.flatMap((count, at) => Array.from({ length: count }, () => at));
        const rank = Math.max(1, Math.ceil(share * observations.length - 1e-9));
        const bucket = observations[rank - 1] ?? 0;
        const found = quantileOf(share, all, BOUNDS);
        expect(found).toBeGreaterThanOrEqual(BOUNDS[bucket - 1] ?? 0);
        expect(found).toBeLessThanOrEqual(BOUNDS[bucket] ?? 10);
      }),
    );
  });
});

describe("the profile of a week", () => {
  test("of a service that nobody used is empty", () => {
    expect(profileOf({})).toEqual({ requests: 0, cacheRatio: null, routes: [], queries: [], providers: [] });
  });

  test("lists the ten costliest by total time, and shares of everything", () => {
    const routes = Object.fromEntries(
      Array.from({ length: 12 }, (_, at) => [`GET /${at}`, route({ seconds: at })]),
    );
    const found = profileOf({ routes }).routes;
    expect(found.map((one) => one.route)).toEqual(Array.from({ length: 10 }, (_, at) => `GET /${11 - at}`));
    expect(found[0]).toMatchObject({ totalSeconds: 11, timeShare: 11 / 66, meanMs: 110, requests: 100 });
    expect(profileOf({ routes }).requests).toBe(1_200);
  });

  test("ranks providers by what they charged, then by time", () => {
    const providers = {
      insee: provider({ found: 9 }, { seconds: 50 }),
      pappers: provider({ found: 9 }, { seconds: 1, euros: 2 }),
      bodacc: provider({ found: 9 }, { seconds: 60 }),
      kaspr: provider({ found: 9 }, { seconds: 1, euros: 6 }),
    };
    const found = profileOf({ providers }).providers;
    expect(found.map((one) => one.provider)).toEqual(["kaspr", "pappers", "bodacc", "insee"]);
    expect(found.map((one) => one.euroShare)).toEqual([0.75, 0.25, 0, 0]);
  });

  test("counts as calls what was asked, and as failures what was not answered", () => {
    const held = { budget_reached: 90, not_configured: 9, circuit_open: 40, busy: 1 };
    const statuses = { found: 5, not_found: 3, timeout: 2, ...held };
    const kaspr = provider(statuses, { calls: 10, seconds: 2 });
    const [found] = profileOf({ providers: { kaspr } }).providers;
    expect(found).toMatchObject({ calls: 10, failures: 2, failureShare: 0.2, meanMs: 200 });
  });

  test("names the text of a statement where it is known, and its calls a request", () => {
    const costs = { ...NOTHING, routes: { a: route() }, statements: { s: { calls: 250, seconds: 5 } } };
    const [found] = weeklyProfile(costs, (name) => `text of ${name}`).queries;
    expect(found).toMatchObject({ text: "text of s", callsPerRequest: 2.5, meanMs: 20 });
  });
});

describe("what is recommended", () => {
  const other = { "GET /other": route({ seconds: 1_000 }) };

  test.each([
    ["nothing of a route that is fast and right", {}, []],
    ["the runbook from 1 % of faults on", { errors: 1 }, ["faults"]],
    ["a look at what is slow from a p95 of 1 s on", { counts: [90, 0, 10, 0] }, ["slow"]],
    ["reading rows at once when a statement repeats", { repeated: 1 }, ["repeated_statement"]],
    ["nothing of too few requests", { counts: [0, 0, 19, 0], errors: 19, repeated: 3 }, []],
  ])("%s", (_, figures, codes) => {
    const { routes } = profileOf({ routes: { ...other, "GET /a": route(figures) } });
    expect(adviceOf(routes.find((one) => one.route === "GET /a"))).toEqual(codes);
  });

  test("what takes half of all time is said to", () => {
    const { routes } = profileOf({ routes: { a: route({ seconds: 10 }), b: route({ seconds: 10.1 }) } });
    expect(routes.map((one) => [one.route, adviceOf(one)])).toEqual([
      ["b", ["most_of_the_time"]],
      ["a", []],
    ]);
  });

  test("a slow enrichment names the slowest of its sources", () => {
    const providers = { insee: provider({ found: 9 }), kaspr: provider({ found: 9 }, { seconds: 17.1 }) };
    const enrich = (seconds: number) => {
      const costs = { ...other, "POST /api/v2/scraping/enrich": route({ counts: [0, 50, 50, 0], seconds }) };
      return profileOf({ routes: costs, providers }).routes.find((one) => one.route.endsWith("enrich"));
    };
    expect(adviceOf(enrich(380))).toEqual(["slow_sources"]);
    expect(enrich(380)?.advice[0]?.text).toContain("kaspr is the slowest with 1.9 s a call");
    // Less than half of the time: something else is slow.
    expect(adviceOf(enrich(381))).toEqual(["slow"]);
  });

  test("a cache that misses is told where companies are read, and nowhere else", () => {
    const routes = { ...other, "GET /api/v2/companies/{siren}": route(), "GET /api/v2/companies": route() };
    const told = (hits: number) =>
      profileOf({ routes, companies: { reads: 100, hits } })
        .routes.filter((one) => adviceOf(one).includes("cache_misses"))
        .map((one) => one.route);
    expect([told(69), told(70)]).toEqual([["GET /api/v2/companies/{siren}"], []]);
  });

  test.each([
    ["a slow statement is to be explained", { calls: 100, seconds: 5 }, ["slow_statement"]],
    ["one that is run in a loop is to be run once", { calls: 300, seconds: 1 }, ["called_in_a_loop"]],
    ["one that is fast and rare is fine", { calls: 299, seconds: 14 }, []],
    ["one that was hardly run proves nothing", { calls: 19, seconds: 20 }, []],
  ])("%s", (_, costs, codes) => {
    const statements = { s: costs, others: { calls: 10_000, seconds: 1_000 } };
    const { queries } = profileOf({ routes: { a: route() }, statements });
    expect(adviceOf(queries.find((one) => one.statement === "s"))).toEqual(codes);
  });

  test("a provider that fails is told with the commonest reason", () => {
    const statuses = { found: 90, busy: 3, timeout: 7 };
    const [found] = profileOf({ providers: { insee: provider(statuses) } }).providers;
    expect(adviceOf(found)).toEqual(["failures"]);
    expect(found?.advice[0]?.text).toContain("10 % of the calls failed, most of them as `timeout`");
  });

  test("a dear provider that finds little and is slow is told so", () => {
    const kaspr = provider({ found: 29, not_found: 71 }, { seconds: 100, euros: 20 });
    const [found] = profileOf({ providers: { kaspr, insee: provider({ found: 1 }) } }).providers;
    expect(adviceOf(found)).toEqual(["slow_provider", "most_of_the_cost", "finds_little"]);
  });
});

describe("the week of a moment", () => {
  test.each([
    ["2026-11-16T00:00:00Z", "2026-11-16"],
    ["2026-11-16T03:41:00Z", "2026-11-16"],
    ["2026-11-22T23:59:59Z", "2026-11-16"],
    ["2027-01-01T12:00:00Z", "2026-12-28"],
  ])("%s belongs to %s", (moment, monday) => {
    expect(mondayOf(Date.parse(moment))).toBe(monday);
  });
});
