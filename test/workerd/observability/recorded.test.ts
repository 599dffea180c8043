import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { runScheduled, SCHEDULE } from "../../../src/cron/schedule.ts";
import { consume } from "../../../src/queue/consume.ts";
import { buildServices } from "../../../src/services.ts";
import { call, logIn, registerPerson, signIn } from "../../support/accounts.ts";
import { resetGates } from "../../support/source-gates.ts";
import { dropCopies, dropLevel } from "../../support/stored-rows.ts";
import { mintAddress, mintWorld, type World } from "../../support/world.ts";
import { mintAuditWorld } from "../audit/audit-world.ts";
import { mintCompanies, mintExport, mintList, order, post, statusOf } from "../exports/export-world.ts";
import { mintTask, repeat } from "../jobs/task-world.ts";
import { newIsolate, sendTo } from "../limits/limited-world.ts";
import { buildBench, createHook, publish, startReceiver } from "../webhooks/receiver.ts";
import { listenToMetrics } from "./counted-series.ts";

const services = buildServices(env);

/** One delivery of a message to its consumer. */
async function receive(queue: string, body: unknown, attempts = 1, id: string = crypto.randomUUID()) {
  const context = createExecutionContext();
  const message = {
    id,
    body,
    attempts,
    timestamp: new Date(),
    ack: vi.fn<() => void>(),
    retry: vi.fn<() => void>(),
  };
  await consume(services, { queue, messages: [message] }, (work) => context.waitUntil(work));
  await waitOnExecutionContext(context);
  return message;
}

async function read(world: World, siren: string): Promise<void> {
  await (await world.request(`/api/v2/companies/${siren}`)).arrayBuffer();
}

const get = (world: World, path: string) =>
  new Request(`https://api.test${path}`, { headers: { authorization: `Bearer ${world.key}` } });

describe("an enrichment", () => {
  afterEach(resetGates);

  test("is counted by source and by what came of it, once stored with its score", async () => {
    const world = await mintWorld();
    const [siren, other] = [world.siren(), world.siren("broken")];
    await world.fault({ siren: other, provider: "pappers", status: 503 });
    const listening = listenToMetrics();
    await world.enrich({ siren, sources: ["recherche_entreprises", "pappers"] });
    await world.enrich({ siren: other, sources: ["pappers"] });
    expect(listening.series("ma_enrichment_requests_total", "ma_enrichment_duration_seconds")).toEqual({
      "ma_enrichment_requests_total recherche_entreprises found": 1,
      "ma_enrichment_requests_total pappers found": 1,
      "ma_enrichment_requests_total pappers unavailable": 1,
      "ma_enrichment_duration_seconds recherche_entreprises": 1,
      "ma_enrichment_duration_seconds pappers": 2,
    });
    expect(listening.series("ma_scores_distribution", "ma_companies_enriched_total")).toEqual({
      ma_scores_distribution: 1,
      "ma_companies_enriched_total sources": 1,
    });
    expect(listening.series("ma_api_credits_total", "ma_api_costs_euros_total")).toEqual({
      "ma_api_credits_total pappers": 1,
      "ma_api_costs_euros_total pappers": 0.02,
    });
    await world.enrich({ siren, sources: ["recherche_entreprises"] });
    expect(listening.series("ma_companies_enriched_total", "ma_scores_distribution")).toEqual({
      "ma_companies_enriched_total sources": 1,
      "ma_companies_enriched_total cache": 1,
      ma_scores_distribution: 1,
    });
  });

  test("is read again from the level that has it, and only levels that were asked are counted", async () => {
    const world = await mintWorld();
    const siren = world.siren();
    await world.enrich({ siren });
    await dropCopies(world, siren);
    const listening = listenToMetrics();
    const told = () => listening.series("cache_hits_total", "cache_misses_total");
    await read(world, siren);
    expect(told()).toEqual({
      "cache_hits_total principal isolate": 1,
      "cache_misses_total response isolate": 1,
      "cache_misses_total company isolate": 1,
      "cache_misses_total company edge": 1,
      "cache_misses_total company kv": 1,
      "cache_hits_total company postgres": 1,
    });
    listening.clear();
    await read(world, siren);
    expect(told()).toEqual({
      "cache_hits_total response isolate": 1,
      "cache_hits_total principal isolate": 1,
    });
    await dropLevel.edge(siren);
  });
});

test("what an organisation does is one point each, where a data set is bound", async () => {
  const world = await mintWorld();
  const siren = world.siren();
  const points: AnalyticsEngineDataPoint[] = [];
  const isolate = newIsolate({ ANALYTICS: { writeDataPoint: (point = {}) => void points.push(point) } });
  const body = JSON.stringify({ siren });
  const headers = { authorization: `Bearer ${world.key}`, "content-type": "application/json" };
  const enrich = { method: "POST", headers, body };
  await sendTo(isolate, new Request("https://api.test/api/v2/scraping/enrich", enrich));
  await sendTo(isolate, get(world, `/api/v2/companies/${siren}`));
  await sendTo(isolate, get(world, `/api/v2/companies/${siren}`));
  await sendTo(isolate, new Request("https://api.test/api/v2/companies"));
  expect(points.map(({ indexes }) => indexes)).toEqual(
    Array.from({ length: 4 }, () => [world.organisationId]),
  );
  expect(points.map(({ blobs }) => blobs)).toEqual([
    ["enrichment", expect.stringContaining("recherche_entreprises")],
    ["request", "POST /api/v2/scraping/enrich", "2xx", "sources"],
    ["request", "GET /api/v2/companies/{siren}", "2xx", "isolate"],
    ["request", expect.stringMatching(/^GET /), "2xx", "response"],
  ]);
});

describe("a task that ends", () => {
  const NAMES = [
    "ma_batches_total",
    "ma_batch_rows_total",
    "ma_batch_duration_seconds",
    "ma_batch_row_seconds",
  ];

  test("is counted once with its rows, however often its end is asked for", async () => {
    const world = await mintWorld();
    const rows = [...repeat(2, { outcome: "enriched" }), ...repeat(1, { outcome: "not_found" })];
    const id = await mintTask(world, rows);
    const listening = listenToMetrics();
    for (const attempt of [1, 2, 3])
      await receive("enrichment", { v: 1, type: "task.finalize", task_id: id }, attempt);
    expect(listening.series(...NAMES)).toEqual({
      "ma_batches_total completed": 1,
      "ma_batch_rows_total enriched": 2,
      "ma_batch_rows_total not_found": 1,
      ma_batch_duration_seconds: 1,
      ma_batch_row_seconds: 1,
    });
    expect(listening.series("queue_messages_total", "queue_message_wait_seconds")).toMatchObject({
      "queue_messages_total enrichment task.finalize done": 3,
      "queue_message_wait_seconds enrichment": 1,
    });
  });

  test("is counted once by two who end it at the same time", async () => {
    const world = await mintWorld();
    const id = await mintTask(world, repeat(1, { outcome: "enriched" }));
    const listening = listenToMetrics();
    const body = { v: 1, type: "task.finalize", task_id: id };
    await Promise.all([receive("enrichment", body), receive("enrichment", body)]);
    expect(listening.series("ma_batches_total")).toEqual({ "ma_batches_total completed": 1 });
  });

  test("is told apart when it was cancelled, and its time is not counted", async () => {
    const world = await mintWorld();
    const id = await mintTask(world, repeat(2, { outcome: null }));
    const listening = listenToMetrics();
    expect((await post(world, `/api/v2/tasks/${id}/cancel`, undefined)).status).toBe(200);
    for (const attempt of [1, 2])
      await receive("enrichment", { v: 1, type: "task.finalize", task_id: id }, attempt);
    expect(listening.series(...NAMES)).toEqual({
      "ma_batches_total cancelled": 1,
      "ma_batch_rows_total cancelled": 2,
    });
  });

  test("as failed is counted once with its time", async () => {
    const world = await mintWorld();
    const id = await mintTask(world, [], { status: "queued" });
    await world.database.query(
      "update tasks set upload_key = 'uploads/v1/gone', rows = 1, distinct_rows = 1 where id = $1",
      [id],
    );
    const listening = listenToMetrics();
    for (const attempt of [1, 2])
      await receive("enrichment", { v: 1, type: "task.split", task_id: id }, attempt);
    expect(listening.series(...NAMES)).toMatchObject({
      "ma_batches_total failed": 1,
      ma_batch_duration_seconds: 1,
      ma_batch_row_seconds: 1,
    });
  });
});

describe("an export that ends", () => {
  const NAMES = ["ma_exports_total", "ma_export_rows_total", "ma_export_duration_seconds"];

  test("is counted once when its file is ready", async () => {
    const world = await mintWorld();
    const list_id = await mintList(world, await mintCompanies(3, "Mesures"));
    const listening = listenToMetrics();
    const { export_id } = await order(world, { format: "csv", columns: ["siren"], list_id });
    await vi.waitFor(async () => expect((await statusOf(world, export_id)).status).toBe("completed"), {
      timeout: 20_000,
      interval: 200,
    });
    for (const seq of [0, 1]) await receive("exports", { v: 1, type: "export.step", export_id, seq }, 2);
    expect(listening.series(...NAMES)).toEqual({
      "ma_exports_total csv ready": 1,
      "ma_export_rows_total csv": 3,
      "ma_export_duration_seconds csv": 1,
    });
  });

  test("is counted once when it failed, and once when it was cancelled", async () => {
    const world = await mintWorld();
    const { id } = await mintExport(world, {
      status: "queued",
      format: "sql",
      at: Date.now() - 25 * 3_600_000,
    });
    const other = await mintExport(world, { status: "queued", format: "xlsx" });
    const listening = listenToMetrics();
    for (const attempt of [1, 2])
      await receive("exports", { v: 1, type: "export.step", export_id: id, seq: 0 }, attempt);
    for (const expected of [200, 200])
      expect((await post(world, `/api/v2/exports/${other.id}/cancel`, undefined)).status).toBe(expected);
    expect(listening.series(...NAMES)).toEqual({
      "ma_exports_total sql failed": 1,
      "ma_export_duration_seconds sql": 1,
      "ma_exports_total xlsx cancelled": 1,
    });
  });
});

test("a delivery counts each attempt, and how long the first one took to come", async () => {
  const world = await mintWorld();
  const receiver = startReceiver();
  await createHook(world, { url: receiver.url, events: ["task.completed"] });
  const clock = { now: Date.now() };
  const { deliver, sent } = buildBench(clock);
  const [id = ""] = await publish(world);
  const listening = listenToMetrics();
  receiver.answer = () => new Response(null, { status: 500 });
  await deliver(id);
  await deliver(id);
  clock.now += (sent.at(-1)?.delaySeconds ?? 0) * 1_000;
  receiver.answer = () => new Response(null, { status: 204 });
  await deliver(id);
  await deliver(id);
  const names = ["webhook_attempts_total", "webhook_delay_seconds", "webhook_endpoints_disabled_total"];
  expect(listening.series(...names)).toEqual({
    "webhook_attempts_total retried": 1,
    "webhook_attempts_total delivered": 1,
    webhook_delay_seconds: 1,
  });
  listening.clear();
  receiver.answer = () => new Response(null, { status: 410 });
  const [gone = ""] = await publish(world);
  clock.now = Date.now();
  await deliver(gone);
  expect(listening.series(...names)).toMatchObject({
    "webhook_attempts_total given_up": 1,
    webhook_endpoints_disabled_total: 1,
  });
});

test("whoever proves who he is, or does not, is counted by the way he tried", async () => {
  const person = await registerPerson();
  const world = await mintWorld();
  const listening = listenToMetrics();
  expect((await logIn(person, { password: "not the password" })).status).toBe(401);
  const tokens = await signIn(person);
  const refreshed = { body: { refresh_token: tokens.refresh_token } };
  expect((await call("POST", "/auth/refresh", refreshed)).status).toBe(200);
  await call("GET", "/auth/me", { token: tokens.access_token });
  await call("GET", "/auth/me", { token: tokens.access_token });
  await call("GET", "/auth/me", { token: "no such token" });
  await world.request("/api/v2/limits");
  await world.request("/api/v2/limits");
  expect(listening.series("auth_attempts_total")).toEqual({
    "auth_attempts_total password refused": 1,
    "auth_attempts_total password ok": 1,
    "auth_attempts_total refresh_token ok": 1,
    "auth_attempts_total access_token ok": 1,
    "auth_attempts_total access_token refused": 1,
    "auth_attempts_total api_key ok": 1,
  });
  expect(listening.series("cache_hits_total", "cache_misses_total")).toEqual({
    "cache_hits_total principal isolate": 2,
    "cache_misses_total principal isolate": 3,
  });
});

test("a request over a limit, and one that could not be counted, are counted by their policy", async () => {
  const world = await mintWorld();
  const address = mintAddress();
  const listening = listenToMetrics();
  const statuses = [];
  for (let tries = 0; tries < 6; tries++)
    statuses.push((await call("POST", "/auth/2fa/challenge", { body: {}, address })).status);
  expect(statuses).toEqual([400, 400, 400, 400, 400, 429]);
  const failing: unknown = { getByName: () => ({ take: async () => Promise.reject(new Error("away")) }) };
  const isolate = newIsolate({ RATE_LIMITER: failing as Env["RATE_LIMITER"] });
  expect((await sendTo(isolate, get(world, "/api/v2/companies"))).status).toBe(200);
  expect(listening.series("limits_refused_total", "limiter_degraded_total")).toEqual({
    "limits_refused_total two_factor": 1,
    "limiter_degraded_total search passed": 1,
  });
});

test("an audit record is counted by its chain, and each verification by what it found", async () => {
  const world = await mintAuditWorld();
  const listening = listenToMetrics();
  await world.grow(3);
  expect(listening.series("audit_entries_chained_total", "audit_records_total")).toEqual({
    audit_entries_chained_total: 3,
    "audit_records_total key.created": 3,
  });
  await world.verify();
  await world.sql("update audit_logs set action = 'key.revoked' where organisation_id = $1 and seq = 2");
  await world.verify();
  expect(listening.series("audit_verifications_total")).toEqual({
    "audit_verifications_total intact": 1,
    "audit_verifications_total broken": 1,
  });
});

test("a message that can't be read or processed is one dead letter, however often it comes", async () => {
  const listening = listenToMetrics();
  const [unreadable, exhausted] = [crypto.randomUUID(), crypto.randomUUID()];
  for (const attempt of [1, 2]) {
    await receive("enrichment", { type: "no.such.kind" }, attempt, unreadable);
    const lost = { v: 1, type: "event.published", event_id: "evt_gone" };
    await receive("dead-letter", lost, attempt, exhausted);
  }
  expect(listening.series("dead_letters_total")).toEqual({
    "dead_letters_total enrichment unreadable": 1,
    "dead_letters_total events exhausted": 1,
  });
  expect(listening.series("queue_messages_total")).toMatchObject({
    "queue_messages_total enrichment unreadable unreadable": 2,
    "queue_messages_total dead-letter event.published done": 2,
  });
});

test("a scheduled job is counted by how it ended, and remembered when it succeeded", async () => {
  const context = createExecutionContext();
  const listening = listenToMetrics();
  SCHEDULE["test"] = [
    { name: "good", run: async () => undefined },
    { name: "bad", run: async () => Promise.reject(new Error("away")) },
  ];
  const run = runScheduled(services, "test", (work) => context.waitUntil(work));
  await expect(run).rejects.toThrow("1 failed");
  delete SCHEDULE["test"];
  const names = ["cron_runs_total", "cron_run_duration_seconds", "cron_last_success_timestamp_seconds"];
  expect(listening.series(...names)).toEqual({
    "cron_runs_total good ok": 1,
    "cron_runs_total bad failed": 1,
    "cron_run_duration_seconds good": 1,
    "cron_run_duration_seconds bad": 1,
    "cron_last_success_timestamp_seconds good": 1,
  });
});
