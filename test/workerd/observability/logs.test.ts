import { createExecutionContext, createMessageBatch, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { buildServices } from "../../../src/services.ts";
import { runScheduled } from "../../../src/cron/schedule.ts";
import { metrics } from "../../../src/observability/metric-buffer.ts";
import { QueryProfiler } from "../../../src/storage/postgres/query-profiler.ts";
import { openDatabase, query, transact } from "../../../src/storage/postgres/database.ts";
import worker from "../../../src/worker.ts";
import { mintEmail } from "../../support/accounts.ts";
import { mintWorld, type World } from "../../support/world.ts";
import { mintTask } from "../jobs/task-world.ts";

const Line = z.record(z.string(), z.unknown());
const lines: Record<string, unknown>[] = [];

beforeEach(() => {
  lines.length = 0;
  vi.spyOn(console, "log").mockImplementation((text: unknown) => {
    lines.push(Line.parse(JSON.parse(String(text))));
  });
});

const told = (event: string) => lines.filter((line) => line["event"] === event);

async function ask(path: string, init: RequestInit = {}, settings: Env = env): Promise<Response> {
  const context = createExecutionContext();
  const response = await worker.fetch(new Request(`https://api.test${path}`, init), settings, context);
  await waitOnExecutionContext(context);
  return response;
}

const bearer = ({ key }: World) => ({ authorization: `Bearer ${key}` });

/** Settings under which nobody reaches the database. */
function withoutDatabase(): Env {
  const database = new URL(env.DATABASE_URL);
  database.pathname = "/nowhere";
  return { ...env, DATABASE_URL: database.href };
}

describe("the line of a request", () => {
  test("says who asked for which route, how it ended and what it took", async () => {
    const world = await mintWorld();
    const siren = world.siren();
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const headers = { ...bearer(world), "x-request-id": "req_of_a_client", traceparent };
    const body = JSON.stringify({ siren });
    const init = { method: "POST", headers: { ...headers, "content-type": "application/json" }, body };
    expect((await ask("/api/v2/scraping/enrich?provenance=true", init)).status).toBe(200);
    const [line, ...others] = told("request");
    expect(others).toEqual([]);
    expect(line).toMatchObject({
      level: "info",
      request_id: "req_of_a_client",
      trace_id: "0af7651916cd43dd8448eb211c80319c",
      route: "POST /api/v2/scraping/enrich",
      method: "POST",
      status: 200,
      organisation_id: world.organisationId,
      duration_ms: expect.any(Number),
      db_queries: expect.any(Number),
      db_ms: expect.any(Number),
      sample_rate: 1,
    });
    const answer = await ask(`/api/v2/companies/${siren}/status`, { headers });
    expect(told("request").at(-1)).toMatchObject({
      route: "GET /api/v2/companies/{siren}/status",
      db_queries: Number(answer.headers.get("x-db-query-count")),
      db_ms: Number(answer.headers.get("x-db-time-ms")),
    });
  });

  test("of a failure is an error, told once with what went wrong, however few lines are kept", async () => {
    const world = await mintWorld();
    const settings = { ...withoutDatabase(), LOG_SAMPLE: "0" };
    const response = await ask("/api/v2/companies/552032534?token=abc", { headers: bearer(world) }, settings);
    expect(response.status).toBe(503);
    expect(lines.filter(({ level }) => level === "error")).toEqual([
      expect.objectContaining({
        event: "request",
        route: "GET /api/v2/companies/{siren}",
        status: 503,
        error: expect.stringContaining("storage unavailable: NeonDbError"),
        sample_rate: 1,
      }),
    ]);
  });

  test("is not written for what went well and fast when none is to be kept, nor for a client's mistake", async () => {
    const world = await mintWorld();
    const settings = { ...env, LOG_SAMPLE: "0", SLOW_REQUEST_MS: "60000" };
    for (const path of ["/api/v2/limits", "/api/v2/companies/1", "/api/v2/nothing"]) {
      await ask(path, { headers: bearer(world) }, settings);
    }
    await ask("/api/v2/limits", {}, settings);
    expect(told("request")).toEqual([]);
    const slow = { ...settings, SLOW_REQUEST_MS: "1" };
    const far = { ...slow, LOG_LEVEL: "error" };
    await ask("/ready", {}, far);
    expect(told("request")).toEqual([]);
  });

  test.each([
    ["HEAD", "/api/v2/limits", 200, "HEAD /api/v2/limits"],
    ["GET", "/api/v2/no/such/route?email=a@b.fr", 404, "GET unmatched"],
    ["DELETE", "/api/v2/limits", 405, "DELETE unmatched"],
    ["OPTIONS", "/api/v2/limits", 405, "OPTIONS unmatched"],
  ])("%s %s: %i as %s", async (method, path, status, route) => {
    const world = await mintWorld();
    const response = await ask(path, { method, headers: bearer(world) });
    expect(response.status).toBe(status);
    expect(told("request")).toEqual([expect.objectContaining({ route, status, method })]);
  });

  test("is that of nobody when observability is off, and the answer is the same", async () => {
    const world = await mintWorld();
    const settings = { ...env, OBSERVABILITY: "off" };
    const response = await ask("/api/v2/limits", { headers: bearer(world) }, settings);
    expect([response.status, response.headers.get("x-db-query-count")]).toEqual([200, null]);
    expect(lines).toEqual([]);
  });
});

test("the line of a request that asked a paid source says what that cost", async () => {
  const world = await mintWorld();
  const headers = { ...bearer(world), "content-type": "application/json" };
  const body = JSON.stringify({ siren: world.siren(), sources: ["pappers"] });
  expect((await ask("/api/v2/scraping/enrich", { method: "POST", headers, body })).status).toBe(200);
  const fields = { credits: 1, cost_euros: 0.02, provider_calls: 1 };
  expect(told("request")).toEqual([expect.objectContaining(fields)]);
});

describe("the line of a message and of a job", () => {
  const nobodys = { v: 1, type: "task.finalize", task_id: "tsk_nobodys" };

  async function deliver(body: object = nobodys): Promise<void> {
    const context = createExecutionContext();
    const batch = createMessageBatch("enrichment", [
      { id: crypto.randomUUID(), timestamp: new Date(), attempts: 2, body },
    ]);
    await worker.queue(batch, env, context);
    await waitOnExecutionContext(context);
  }

  test("says which queue and kind it was, and whether it is tried again", async () => {
    await deliver();
    expect(told("queue_message")).toEqual([
      expect.objectContaining({
        level: "info",
        type: "task.finalize",
        queue: "enrichment",
        attempt: 2,
        ok: true,
        request_id: expect.any(String),
        trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
        db_queries: expect.any(Number),
      }),
    ]);
  });

  test("says for whom it worked, once the task is loaded", async () => {
    const world = await mintWorld();
    const task_id = await mintTask(world, [{ outcome: "enriched" }]);
    await deliver({ v: 1, type: "task.finalize", task_id });
    expect(told("queue_message")).toEqual([
      expect.objectContaining({ task_id, organisation_id: world.organisationId }),
    ]);
  });

  test("of a job that fails is an error, and those of the others are there too", async () => {
    const services = buildServices(withoutDatabase());
    const context = createExecutionContext();
    await runScheduled(services, "*/5 * * * *", (later) => context.waitUntil(later)).catch(() => undefined);
    await waitOnExecutionContext(context);
    const jobs = told("cron_job");
    expect(jobs.map(({ job }) => job)).toContain("reap_tasks");
    const failed = jobs.filter(({ ok }) => ok === false);
    expect(failed.length).toBeGreaterThan(0);
    for (const line of failed) {
      expect(line).toMatchObject({ level: "error", error: expect.any(String), sample_rate: 1 });
    }
  });
});

test("no line holds a personal datum or a secret, whatever was asked and however it went", async () => {
  const [email, name, agent, address] = [
    mintEmail(),
    `Zoé-${crypto.randomUUID()}`,
    "Planted/9.9",
    "203.0.113.77",
  ];
  const password = `phare ${crypto.randomUUID()}`;
  const world = await mintWorld();
  const headers = { "content-type": "application/json", "user-agent": agent, "cf-connecting-ip": address };
  const post = async (path: string, body: object, more: Record<string, string> = {}) =>
    ask(`/api/v2${path}?email=${email}`, {
      method: "POST",
      headers: { ...headers, ...more },
      body: JSON.stringify(body),
    });
  const registered = await post("/auth/register", { organisation: name, name, email, password });
  expect(registered.status).toBe(201);
  const login = await (await post("/auth/login", { email, password })).json();
  const { access_token: token, refresh_token: refresh } = z
    .object({ access_token: z.string(), refresh_token: z.string() })
    .parse(login);
  await post("/auth/login", { email, password: `${password}!` });
  await post("/auth/refresh", { refresh_token: refresh });
  await post("/organisation/invitations", { email, role: "viewer" }, { authorization: `Bearer ${token}` });
  const linkedin = [{ nom: name, profil: `https://linkedin.example/${name}` }];
  const siren = world.siren();
  await post(
    "/scraping/enrich",
    { siren, sources: ["recherche_entreprises", "kaspr"], linkedin },
    bearer(world),
  );
  await ask(`/api/v2/no/${email}/${name}`, { headers: { ...headers, ...bearer(world) } }, withoutDatabase());
  expect(told("request").length).toBeGreaterThanOrEqual(7);
  const all = JSON.stringify(lines);
  for (const planted of [email, name, agent, address, password, world.key, token, refresh]) {
    expect([planted, all.includes(planted) || all.includes(encodeURIComponent(planted))]).toEqual([
      planted,
      false,
    ]);
  }
});

function profiled(slowMs: number, steps: number[]) {
  const events: [string, object][] = [];
  const clock = { now: () => steps.shift() ?? 0 };
  const log = { event: (name: string, fields: object) => void events.push([name, fields]) };
  const profiler = new QueryProfiler({ slowMs, log, now: clock.now });
  return { events, database: openDatabase(env.DATABASE_URL, env.NEON_LOCAL_BRIDGE, profiler) };
}

const calls = () => metrics.drain().counters.filter(({ name }) => name.startsWith("db_"));

describe("the query profiler", () => {
  test("tells of a slow round trip which statement it was, and none of its parameters", async () => {
    const { events, database } = profiled(200, [0, 200, 1_000, 1_199]);
    metrics.drain();
    await query(database, "select $1::text as planted", ["planted-parameter"]);
    await query(database, "select $1::text as planted", ["planted-parameter"]);
    expect(events).toEqual([
      [
        "slow_query",
        { statement: expect.stringMatching(/^select_none_[0-9a-f]{6}$/), statements: 1, ms: 200 },
      ],
    ]);
    expect(JSON.stringify([events, calls()])).not.toContain("planted-parameter");
  });

  test("counts each statement of a transaction, shares its time out, and says why one failed", async () => {
    const { database } = profiled(10_000, [0, 30, 0, 1]);
    metrics.drain();
    await transact(database, [
      { text: "select 1 as one", params: [] },
      { text: "select 2 as two from organisations limit 0", params: [] },
      { text: "select 1 as one", params: [] },
    ]);
    await expect(query(database, "select nothing from nowhere", [])).rejects.toThrow("storage unavailable");
    const found = calls().map(({ name, values, by }) => [name, values[0]?.replace(/_[0-9a-f]{6}$/, ""), by]);
    expect(found).toEqual([
      ["db_statement_calls_total", "select_none", 2],
      ["db_statement_seconds_total", "select_none", 0.02],
      ["db_statement_calls_total", "select_organisations", 1],
      ["db_statement_seconds_total", "select_organisations", 0.01],
      ["db_errors_total", "refused", 1],
      ["db_statement_calls_total", "select_nowhere", 1],
      ["db_statement_seconds_total", "select_nowhere", 0.001],
    ]);
  });
});
