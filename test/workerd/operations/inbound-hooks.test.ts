import { createMessageBatch, createExecutionContext, getQueueResult } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { Webhook } from "standardwebhooks";
import { beforeAll, expect, test, vi } from "vitest";
import { z } from "zod";
import { purgeInbound } from "../../../src/cron/jobs/purge-inbound.ts";
import { resendInbound } from "../../../src/cron/jobs/resend-inbound.ts";
import { buildServices } from "../../../src/services.ts";
import worker from "../../../src/worker.ts";
import { database, mintAddress, mintWorld, send, type World } from "../../support/world.ts";

const secrets = z.object({ generic: z.string(), pappers: z.string() }).parse(JSON.parse(env.HOOK_SECRETS));
const Received = z.object({ id: z.string(), status: z.string() });
const Problem = z.object({
  code: z.string(),
  errors: z.array(z.object({ pointer: z.string(), fix: z.string() })).optional(),
});

interface Hook {
  body: unknown;
  id?: string;
  at?: number;
  headers?: Record<string, string>;
}

async function post(channel: string, body: string, headers: Record<string, string>): Promise<Response> {
  const own = { "content-type": "application/json", "cf-connecting-ip": mintAddress() };
  return send(
    new Request(`https://api.test/api/v2/hooks/${channel}`, {
      method: "POST",
      headers: { ...own, ...headers },
      body,
    }),
  );
}

/** As a sender signs that uses the npm package. */
async function generic({ body, id = `msg_${crypto.randomUUID()}`, at = Date.now(), headers }: Hook) {
  const text = JSON.stringify(body);
  const seconds = Math.floor(at / 1_000);
  return post("generic", text, {
    "webhook-id": id,
    "webhook-timestamp": String(seconds),
    "webhook-signature": new Webhook(secrets.generic).sign(id, new Date(seconds * 1_000), text),
    ...headers,
  });
}

async function pappers(body: unknown, token = secrets.pappers): Promise<Response> {
  return post("pappers", JSON.stringify(body), { authorization: `Basic ${btoa(`pappers:${token}`)}` });
}

function changed(...sirens: string[]) {
  return { type: "company.changed", timestamp: new Date().toISOString(), data: { sirens } };
}

async function stored(id: string): Promise<Record<string, unknown>> {
  const [row] = await database().query("select * from inbound_events where id = $1", [id]);
  if (row === undefined) throw new Error(`no event ${id}`);
  return row;
}

async function untilProcessed(id: string): Promise<void> {
  await vi.waitFor(async () => expect(await stored(id)).toMatchObject({ status: "processed" }), {
    timeout: 20_000,
    interval: 200,
  });
}

const FREE = { bodacc: 1, ratios_inpi: 1, recherche_entreprises: 1 };
const TWICE = { bodacc: 2, ratios_inpi: 2, recherche_entreprises: 2 };

/** By source, those that were asked. */
async function asked(world: World, siren: string): Promise<Record<string, number>> {
  return Object.fromEntries(Object.entries(await world.calls(siren)).filter(([, calls]) => calls > 0));
}

async function knownCompany(world: World, label?: string): Promise<string> {
  const siren = world.siren(label);
  expect((await world.enrich({ siren })).status).toBe(200);
  expect(await asked(world, siren)).toEqual(FREE);
  return siren;
}

beforeAll(async () => {
  // The first request of a Worker pays for what it loads.
  await send(new Request("https://api.test/api/v2/health"));
});

test("a signed notification is answered at once and its companies refreshed; unknown ones are left alone", async () => {
  const world = await mintWorld();
  const known = await knownCompany(world);
  const unknown = world.siren("unknown");
  const response = await generic({ body: changed(known, unknown) });
  expect(response.status).toBe(202);
  expect(response.headers.get("cache-control")).toBe("no-store");
  const { id, status } = Received.parse(await response.json());
  expect({ id, status }).toEqual({ id: expect.stringMatching(/^inb_/), status: "received" });
  await untilProcessed(id);
  expect(await asked(world, known)).toEqual(TWICE);
  expect(await asked(world, unknown)).toEqual({});
  const answer = await world.request(`/api/v2/companies/${known}`);
  const company = z
    .object({ sources: z.array(z.object({ age_seconds: z.number() })) })
    .parse(await answer.json());
  const { received_at } = await stored(id);
  for (const { age_seconds } of company.sources)
    expect(age_seconds * 1_000).toBeLessThanOrEqual(Date.now() - Number(received_at) + 1_000);
});

test("the same notification again gets the same id and is processed once, ten at a time too", async () => {
  const world = await mintWorld();
  const siren = await knownCompany(world);
  const id = `msg_${crypto.randomUUID()}`;
  const body = changed(siren);
  const responses = await Promise.all(Array.from({ length: 10 }, async () => generic({ body, id })));
  expect(responses.map(({ status }) => status)).toEqual(responses.map(() => 202));
  const ids = await Promise.all(responses.map(async (one) => Received.parse(await one.json()).id));
  expect(new Set(ids).size).toBe(1);
  await untilProcessed(ids[0] ?? "");
  const later = await generic({ body, id });
  expect(await later.json()).toEqual({ id: ids[0], status: "processed" });
  expect(await asked(world, siren)).toEqual(TWICE);
});

test("Pappers proves itself by its token, and nothing personal that it sends is kept", async () => {
  const world = await mintWorld();
  const siren = await knownCompany(world);
  const body = [{ siren, capital: 5_000, nouveau_dirigeant: [{ nom: "DURAND", prenom: ["Michel"] }] }];
  const first = Received.parse(await (await pappers(body)).json());
  expect(Received.parse(await (await pappers(body)).json()).id).toBe(first.id);
  await untilProcessed(first.id);
  expect(await asked(world, siren)).toEqual(TWICE);
  const row = await stored(first.id);
  expect(row["body"]).toEqual({ changed: ["capital", "nouveau_dirigeant"] });
  expect(JSON.stringify(row)).not.toMatch(/DURAND|Michel/);
});

const forged: [string, (body: object) => Promise<Response>][] = [
  ["a signature of another event", async (body) => generic({ body, headers: { "webhook-id": "other" } })],
  ["a signature of ten minutes ago", async (body) => generic({ body, at: Date.now() - 600_000 })],
  ["no signature", async (body) => post("generic", JSON.stringify(body), {})],
  ["a wrong token", async (body) => pappers(body, "another-token-of-24-characters")],
  [
    "the other channel's secret",
    async (body) => post("pappers", JSON.stringify(body), { "x-hook-token": secrets.generic }),
  ],
];

test.each(forged)("%s is refused without a reason, and nothing is kept", async (_, attempt) => {
  const siren = (await mintWorld()).siren();
  const response = await attempt({ ...changed(siren), siren });
  expect(response.status).toBe(401);
  expect(Problem.parse(await response.json())).toEqual({ code: "hooks.signature_refused" });
  expect(await database().query("select id from inbound_events where $1 = any(sirens)", [siren])).toEqual([]);
});

test("a channel that is not configured is not told from one that does not exist", async () => {
  const response = await post("insee", "{}", {});
  expect(response.status).toBe(404);
  expect(Problem.parse(await response.json()).code).toBe("hooks.channel_unknown");
});

test.each([
  ["no company", { type: "a", data: {} }, "/data/siren"],
  ["no type", { data: { siren: "552032534" } }, "/type"],
  ["a list", [], ""],
])("a signed notification that says nothing usable is refused by its field: %s", async (_, body, pointer) => {
  const response = await generic({ body });
  expect(response.status).toBe(400);
  const { errors } = Problem.parse(await response.json());
  expect(errors?.map((error) => error.pointer)).toEqual([pointer]);
});

test("too large a body, one that is no JSON, and one of another type are refused", async () => {
  expect((await post("generic", "x".repeat(1_048_577), {})).status).toBe(413);
  const token = { "x-hook-token": secrets.pappers };
  expect((await post("pappers", "{", token)).status).toBe(400);
  expect((await post("pappers", "{}", { ...token, "content-type": "text/plain" })).status).toBe(415);
});

test("while a source is down the message comes again, and then asks only for what is missing", async () => {
  const world = await mintWorld();
  const siren = await knownCompany(world);
  const services = buildServices(env);
  const id = `inb_${crypto.randomUUID()}`;
  await services.webhooks.inbound.receive({
    id,
    channel: "generic",
    dedupeKey: id,
    sirens: [siren],
    about: { type: "company.changed" },
    receivedAt: new Date().toISOString(),
  });
  const deliver = async () => {
    const body = { v: 1, type: "hook.received", inbound_id: id };
    const batch = createMessageBatch("events", [
      { id: crypto.randomUUID(), timestamp: new Date(), body, attempts: 1 },
    ]);
    await worker.queue(batch, env, createExecutionContext());
    return getQueueResult(batch, createExecutionContext());
  };
  await world.fault({ siren, provider: "bodacc", status: 500 });
  expect((await deliver()).retryMessages).toHaveLength(1);
  expect(await stored(id)).toMatchObject({ status: "received" });
  await world.fault({ siren, clear: true });
  const before = await asked(world, siren);
  expect((await deliver()).explicitAcks).toHaveLength(1);
  expect(await stored(id)).toMatchObject({ status: "processed" });
  expect(await asked(world, siren)).toEqual({ ...before, bodacc: (before["bodacc"] ?? 0) + 1 });
});

test("a notification that no consumer could finish with is failed, and its message kept for the operators", async () => {
  const id = `inb_${crypto.randomUUID()}`;
  const { inbound } = buildServices(env).webhooks;
  const about = { type: "company.changed" };
  const receivedAt = new Date().toISOString();
  await inbound.receive({ id, channel: "generic", dedupeKey: id, sirens: [], about, receivedAt });
  const body = { v: 1, type: "hook.received", inbound_id: id };
  const message = { id: `dead ${id}`, timestamp: new Date(), body, attempts: 1 };
  const batch = createMessageBatch("dead-letter", [message]);
  await worker.queue(batch, env, createExecutionContext());
  expect((await getQueueResult(batch, createExecutionContext())).explicitAcks).toEqual([message.id]);
  expect(await stored(id)).toMatchObject({ status: "failed", error: "retries_exhausted" });
  const letters = await database().query("select status, queue from dead_letters where message_id = $1", [
    message.id,
  ]);
  expect(letters).toEqual([{ status: "open", queue: "events" }]);
});

test("what no consumer finished with in ten minutes is announced again, and forgotten after a month", async () => {
  const world = await mintWorld();
  const siren = await knownCompany(world);
  const services = buildServices(env);
  const keep = async (minutesAgo: number): Promise<string> => {
    const id = `inb_${crypto.randomUUID()}`;
    const receivedAt = new Date(Date.now() - minutesAgo * 60_000).toISOString();
    const about = { type: "company.changed" };
    await services.webhooks.inbound.receive({
      id,
      channel: "generic",
      dedupeKey: id,
      sirens: [siren],
      about,
      receivedAt,
    });
    return id;
  };
  const [lost, young, old] = [await keep(12), await keep(3), await keep(31 * 24 * 60)];
  await resendInbound(services);
  await untilProcessed(lost);
  expect(await stored(young)).toMatchObject({ status: "received" });
  await purgeInbound(services);
  const left = await database().query("select id from inbound_events where id = any($1)", [
    [lost, young, old],
  ]);
  expect(new Set(left.map((row) => row["id"]))).toEqual(new Set([lost, young]));
});
