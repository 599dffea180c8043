import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { z } from "zod";
import { writeProfile } from "../../../src/cron/jobs/write-profile.ts";
import type { MetricSnapshot } from "../../../src/observability/metric-totals.ts";
import { METRICS } from "../../../src/observability/metrics.ts";
import { buildServices } from "../../../src/services.ts";
import { database, mintKey, mintWorld } from "../../support/world.ts";

const PROFILE = "/api/v2/admin/profile";
const MONDAY = "2026-11-16";
const NEXT = "2026-11-23";

const Report = z.object({
  week: z.string(),
  since: z.string().nullable(),
  until: z.string(),
  requests: z.number(),
  cache_ratio: z.number().nullable(),
  routes: z.array(z.looseObject({ route: z.string(), requests: z.number() })),
  queries: z.array(z.looseObject({ statement: z.string() })),
  providers: z.array(z.looseObject({ provider: z.string() })),
  weeks: z.array(z.string()),
});
const Problem = z.object({
  code: z.string(),
  errors: z.array(z.object({ in: z.string(), pointer: z.string(), fix: z.string() })).optional(),
});

/** Totals of one shard: `enriched` requests of 0.4 s each, with what they asked. */
function counted(enriched: number): MetricSnapshot {
  const buckets = METRICS.http_request_duration_seconds.buckets;
  const counts = [...buckets, Infinity].map((bound) => (bound === 0.5 ? enriched : 0));
  const route = ["POST", "/api/v2/scraping/enrich", "200"];
  return {
    histograms: [
      { name: "http_request_duration_seconds", values: route, counts, sum: enriched * 0.4 },
      {
        name: "ma_enrichment_duration_seconds",
        values: ["pappers"],
        counts: [enriched],
        sum: enriched * 0.3,
      },
    ],
    counters: [
      { name: "db_statement_calls_total", values: ["select_companies_0"], by: 2 * enriched },
      { name: "db_statement_seconds_total", values: ["select_companies_0"], by: enriched * 0.01 },
      { name: "ma_enrichment_requests_total", values: ["pappers", "found"], by: enriched },
      { name: "ma_api_credits_total", values: ["pappers"], by: enriched },
      { name: "ma_api_costs_euros_total", values: ["pappers"], by: enriched * 0.05 },
      { name: "cache_hits_total", values: ["company", "kv"], by: 3 * enriched },
      { name: "cache_misses_total", values: ["company", "postgres"], by: enriched },
    ],
    gauges: [],
  };
}

/** The job, at a moment, with these totals of two shards. */
async function profileAt(at: string, shards: MetricSnapshot[]): Promise<void> {
  const metrics = { readAll: async () => shards };
  await writeProfile({ ...buildServices(env), metrics, now: () => Date.parse(at) });
}

async function gone(): Promise<never> {
  throw new Error("a shard is gone");
}

async function read(path = PROFILE, init: RequestInit = {}): Promise<Response> {
  return (await mintWorld()).request(path, init);
}

async function forgetProfiles(): Promise<void> {
  await database().query("delete from weekly_profiles");
}

beforeEach(forgetProfiles);
afterEach(forgetProfiles);

test("an operator reads what cost most in a week, and the weeks there are", async () => {
  await profileAt(`${MONDAY}T03:41:00Z`, [counted(40), counted(60)]);
  await profileAt(`${NEXT}T03:41:00Z`, [counted(50), counted(80)]);
  const answer = await read();
  expect([answer.status, answer.headers.get("cache-control")]).toEqual([200, "no-store"]);
  const latest = Report.parse(await answer.json());
  expect(latest).toMatchObject({
    week: NEXT,
    since: `${MONDAY}T03:41:00.000Z`,
    until: `${NEXT}T03:41:00.000Z`,
    requests: 30,
    cache_ratio: 0.75,
    weeks: [NEXT, MONDAY],
  });
  expect(latest.routes).toEqual([
    {
      route: "POST /api/v2/scraping/enrich",
      requests: 30,
      p95_ms: 487.5,
      error_share: 0,
      total_seconds: 12,
      time_share: 1,
      mean_ms: 400,
      recommendations: [{ code: "most_of_the_time", text: expect.stringContaining("100 %") }],
    },
  ]);
  expect(latest.queries).toMatchObject([
    { statement: "select_companies_0", text: null, calls: 60, calls_per_request: 2, mean_ms: 5 },
  ]);
  expect(latest.providers).toMatchObject([
    { provider: "pappers", calls: 30, failures: 0, credits: 30, euros: 1.5, euro_share: 1, mean_ms: 300 },
  ]);

  const first = Report.parse(await (await read(`${PROFILE}?week=${MONDAY}`)).json());
  expect(first).toMatchObject({ week: MONDAY, since: null, requests: 100 });
});

test("a job that is run again replaces the week's profile, and counts from the same start", async () => {
  await profileAt(`${MONDAY}T03:41:00Z`, [counted(10)]);
  await profileAt(`${NEXT}T03:41:00Z`, [counted(30)]);
  await profileAt(`${NEXT}T09:00:00Z`, [counted(35)]);
  const report = Report.parse(await (await read()).json());
  expect(report).toMatchObject({ week: NEXT, requests: 25, weeks: [NEXT, MONDAY] });
  expect([report.since, report.until]).toEqual([`${MONDAY}T03:41:00.000Z`, `${NEXT}T09:00:00.000Z`]);
});

test("profiles are kept for 53 weeks", async () => {
  await profileAt("2025-11-10T03:41:00Z", [counted(1)]);
  await profileAt("2025-11-17T03:41:00Z", [counted(2)]);
  await profileAt(`${NEXT}T03:41:00Z`, [counted(3)]);
  expect(Report.parse(await (await read()).json()).weeks).toEqual([NEXT, "2025-11-17"]);
});

test("the real shards' totals make a profile too, and the log says so", async () => {
  const services = buildServices(env);
  const lines: unknown[] = [];
  vi.spyOn(services.log, "event").mockImplementation((name) => void lines.push(name));
  await writeProfile({ ...services, now: () => Date.parse(`${MONDAY}T03:41:00Z`) });
  expect(lines).toContain("profile_written");
  expect((await read()).status).toBe(200);
});

test("when a shard does not answer there is no profile, rather than a wrong one", async () => {
  const services = buildServices(env);
  const failed = await writeProfile({ ...services, metrics: { readAll: gone } }).catch(
    (error: unknown) => error,
  );
  expect(failed).toBeInstanceOf(Error);
  expect(await services.operations.profiles.weeks()).toEqual([]);
});

test("what is no Monday, and a week that has no profile, are answered as such", async () => {
  for (const week of ["2026-11-17", "2026-02-30", "last", ""]) {
    const refused = await read(`${PROFILE}?week=${week}`);
    expect(refused.status).toBe(400);
    const { errors = [] } = Problem.parse(await refused.json());
    expect(errors.map((one) => [one.in, one.pointer])).toEqual([["query", "/week"]]);
    expect(errors[0]?.fix).toContain("2026-11-16");
  }
  for (const path of [PROFILE, `${PROFILE}?week=${MONDAY}`]) {
    const none = await read(path);
    expect([none.status, Problem.parse(await none.json()).code]).toEqual([404, "resource.not_found"]);
  }
});

test("the profile is for operators alone", async () => {
  const operator = await mintWorld();
  const customer = await mintWorld();
  await database().query("update organisations set plan = 'pro' where id = $1", [customer.organisationId]);
  const weak = await mintKey(operator.organisationId, { scopes: ["audit:read"] });
  const refused = [
    await customer.request(PROFILE),
    await operator.request(PROFILE, { headers: { authorization: `Bearer ${weak}` } }),
  ];
  const codes = await Promise.all(refused.map(async (one) => Problem.parse(await one.json()).code));
  expect(refused.map(({ status }) => status)).toEqual([403, 403]);
  expect(codes).toEqual(["operations.operator_only", "auth.scope_missing"]);
});
