import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import { resendDeliveries } from "../../../src/cron/jobs/resend-deliveries.ts";
import { RETRY_DELAYS_MS } from "../../../src/domain/webhooks/retry-schedule.ts";
import { buildServices } from "../../../src/services.ts";
import worker from "../../../src/worker.ts";
import { mintWorld, type World } from "../../support/world.ts";
import { buildBench, createHook, type Hook, publish, startReceiver } from "./receiver.ts";
import { purgeWebhooks } from "../../../src/cron/jobs/purge-webhooks.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const iso = (ms: number): string => new Date(ms).toISOString();

async function read(world: World, path: string, method = "GET") {
  const response = await world.request(`/api/v2/webhooks/${path}`, { method });
  return { status: response.status, json: JSON.parse(await response.text()) };
}

/** An organisation with one endpoint, its receiver, and a clock that begins now. */
async function mintHook(events = ["task.completed"]) {
  const world = await mintWorld();
  const receiver = startReceiver();
  const hook: Hook = await createHook(world, { url: receiver.url, events });
  const clock = { now: Date.now() };
  const delivery = async (id: string) => (await read(world, `${hook.id}/deliveries/${id}`)).json;
  const endpoint = async () => (await read(world, hook.id)).json;
  return { world, receiver, hook, clock, delivery, endpoint, ...buildBench(clock) };
}

describe("an event", () => {
  test("reaches those who listen to it once, signed, byte for byte as it is stored", async () => {
    const { world, receiver, hook, deliver, delivery, clock } = await mintHook();
    await createHook(world, { url: startReceiver().url, events: ["task.failed"] });
    const [id = "", ...others] = await publish(world);
    expect(others).toEqual([]);
    await deliver(id);
    await deliver(id);
    expect(receiver.received).toHaveLength(1);
    expect(receiver.verify(hook.secret)).toMatchObject({ type: "task.completed", data: { note: "é€" } });
    const [sent] = receiver.received;
    const kept = await delivery(id);
    expect(kept).toMatchObject({
      status: "delivered",
      origin: "event",
      attempt_count: 1,
      next_attempt_at: null,
    });
    expect(kept.attempts).toEqual([
      { at: new Date(clock.now).toISOString(), duration_ms: 0, response_status: 204, error: null },
    ]);
    expect(kept.body).toBe(sent?.body);
    expect(sent?.redirect).toBe("manual");
    expect(sent?.headers).toMatchObject({
      "content-type": "application/json",
      "user-agent": expect.stringMatching(/^ma-intelligence-webhooks\//),
      "webhook-id": kept.event_id,
      "webhook-timestamp": String(Math.floor(clock.now / 1_000)),
    });
  });

  test("that was tampered with, or is older than five minutes, is refused by receivers", async () => {
    const { world, receiver, hook, deliver, clock } = await mintHook();
    const [id = ""] = await publish(world);
    await deliver(id);
    const [sent] = receiver.received;
    if (sent === undefined) throw new Error("nothing was sent");
    sent.body = sent.body.replace("tsk_1", "tsk_2");
    expect(() => receiver.verify(hook.secret)).toThrow("No matching signature");
    sent.body = sent.body.replace("tsk_2", "tsk_1");
    vi.useFakeTimers({ toFake: ["Date"], now: clock.now + 299_000 });
    expect(() => receiver.verify(hook.secret)).not.toThrow();
    vi.setSystemTime(clock.now + 302_000);
    expect(() => receiver.verify(hook.secret)).toThrow("too old");
    vi.useRealTimers();
  });

  test("written twice is one event, and goes nowhere when nobody listens", async () => {
    const { world } = await mintHook(["task.failed"]);
    expect(await publish(world)).toEqual([]);
    const failed = { id: `evt_${world.organisationId.slice(4)}`, type: "task.failed" } as const;
    expect(await publish(world, failed)).toHaveLength(1);
    expect(await publish(world, failed)).toHaveLength(1);
    const events = await world.database.query("select type from webhook_events where organisation_id = $1", [
      world.organisationId,
    ]);
    expect(events).toEqual([{ type: "task.failed" }]);
  });
});

describe("a receiver that fails", () => {
  test("is tried eight times over 28 hours with one webhook-id, then the delivery has failed", async () => {
    const { world, receiver, deliver, delivery, clock, sent, hook } = await mintHook();
    const answers = [500, 301, 404, 429, 503, 400, 302, 500];
    const [id = ""] = await publish(world);
    const start = clock.now;
    const made: number[] = [];
    const early: number[] = [];
    for (const status of answers) {
      receiver.answer = () => new Response("no", { status, headers: { location: "https://10.0.0.1/" } });
      await deliver(id);
      made.push(clock.now - start);
      clock.now += (sent.at(-1)?.delaySeconds ?? 0) * 1_000 - 2_000;
      await deliver(id);
      early.push(receiver.received.length);
      clock.now += 2_000;
    }
    expect(early).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(sent.map(({ message }) => message)).toEqual(
      Array.from({ length: 7 }, () => ({ type: "webhook.deliver", delivery_id: id })),
    );
    expect(receiver.verify(hook.secret, 0)).toBeTruthy();
    const expected = RETRY_DELAYS_MS.reduce<number[]>(
      (all, delay) => [...all, (all.at(-1) ?? 0) + delay],
      [0],
    );
    expect(made).toEqual(expected);
    clock.now += 30 * DAY;
    await deliver(id);
    expect(receiver.received).toHaveLength(8);
    expect(new Set(receiver.received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    expect(new Set(receiver.received.map(({ headers }) => headers["webhook-timestamp"])).size).toBe(8);
    const kept = await delivery(id);
    expect(kept).toMatchObject({ status: "failed", attempt_count: 8, next_attempt_at: null });
    expect(kept.attempts.map(({ response_status }: { response_status: number }) => response_status)).toEqual(
      answers,
    );
  });

  test("that asks for patience gets it; one that never answers or can't be reached is told apart", async () => {
    const { world, receiver, deliver, delivery, clock, sent } = await mintHook();
    const [id = ""] = await publish(world);
    receiver.answer = () => new Response(null, { status: 503, headers: { "retry-after": "600" } });
    await deliver(id);
    expect(sent.at(-1)?.delaySeconds).toBe(600);
    clock.now += 600_000;
    receiver.answer = async () => Promise.reject(new TypeError("connection lost"));
    await deliver(id);
    expect((await delivery(id)).last_attempt).toMatchObject({ response_status: null, error: "unreachable" });
    clock.now += 300_000;
    const signal = AbortSignal.abort();
    vi.spyOn(AbortSignal, "timeout").mockImplementation((ms) =>
      ms === 15_000 ? signal : new AbortController().signal,
    );
    await deliver(id);
    expect((await delivery(id)).last_attempt).toMatchObject({ response_status: null, error: "timeout" });
  });

  test("is tried again by the schedule when the queue takes no message", async () => {
    const { world, receiver, deps, deliver, delivery } = await mintHook();
    const [id = ""] = await publish(world);
    receiver.answer = () => new Response(null, { status: 500 });
    deps.queue = { send: async () => Promise.reject(new Error("queue down")) };
    await deliver(id);
    const { status, next_attempt_at } = await delivery(id);
    expect(status).toBe("pending");
    const late = iso(Date.parse(next_attempt_at) + 1);
    expect(await deps.deliveries.overdue(late, 1_000)).toContain(id);
  });

  test("is never called at an address that has become one we must not call", async () => {
    const { world, receiver, deliver, delivery, hook } = await mintHook();
    const [id = ""] = await publish(world);
    await world.database.query(
      "update webhook_endpoints set url = 'https://169.254.169.254/' where id = $1",
      [hook.id],
    );
    const calls = vi.mocked(fetch).mock.calls.length;
    await deliver(id);
    const called = vi
      .mocked(fetch)
      .mock.calls.slice(calls)
      .map(([input]) => (typeof input === "string" ? input : ""));
    expect(called.some((url) => url.includes("169.254"))).toBe(false);
    expect(receiver.received).toEqual([]);
    expect((await delivery(id)).last_attempt).toMatchObject({ response_status: null, error: "url_refused" });
  });

  test("with 410 is disabled at once, what was to come fails, and the audit says why", async () => {
    const { world, receiver, deliver, delivery, endpoint, hook } = await mintHook();
    const [first = ""] = await publish(world);
    const [second = ""] = await publish(world);
    receiver.answer = () => new Response(null, { status: 410 });
    await deliver(first);
    expect(await endpoint()).toMatchObject({ status: "disabled", disabled_reason: "gone" });
    await deliver(second);
    expect(receiver.received).toHaveLength(1);
    expect((await delivery(first)).status).toBe("failed");
    expect(await delivery(second)).toMatchObject({
      status: "failed",
      attempt_count: 0,
      next_attempt_at: null,
    });
    expect(await publish(world)).toEqual([]);
    const audit = await world.request("/api/v2/audit-logs?action=webhook.disabled");
    const { data } = JSON.parse(await audit.text());
    expect(data).toMatchObject([
      { actor: { kind: "system" }, resource: { kind: "webhook", id: hook.id }, details: { reason: "gone" } },
    ]);
    expect((await read(world, `${hook.id}/deliveries/${first}/replay`, "POST")).json.code).toBe(
      "webhooks.disabled",
    );
    expect((await read(world, `${hook.id}/test`, "POST")).json.code).toBe("webhooks.disabled");
  });

  test("with nothing but failures for five days is disabled; a single success begins the count anew", async () => {
    const { world, receiver, deliver, endpoint, clock } = await mintHook();
    const attempt = async (status: number): Promise<void> => {
      receiver.answer = () => new Response(null, { status });
      const [id = ""] = await publish(world, { at: new Date(clock.now).toISOString() });
      await deliver(id);
    };
    const since = new Date(clock.now).toISOString();
    const failFor = async (ms: number): Promise<void> => {
      const end = clock.now + ms;
      for (; clock.now < end; clock.now = Math.min(clock.now + 11 * HOUR, end)) await attempt(500);
    };
    await failFor(5 * DAY - 1_000);
    expect(await endpoint()).toMatchObject({ status: "active", failing_since: since });
    await attempt(200);
    expect(await endpoint()).toMatchObject({ status: "active", failing_since: null });
    await failFor(5 * DAY - 1_000);
    await attempt(500);
    expect((await endpoint()).status).toBe("active");
    clock.now += 1_000;
    await attempt(500);
    expect(await endpoint()).toMatchObject({ status: "disabled", disabled_reason: "failing" });
  });

  test("now and then, days apart, is never disabled", async () => {
    const { world, receiver, deliver, endpoint, clock } = await mintHook();
    receiver.answer = () => new Response(null, { status: 503 });
    for (let day = 0; day < 6; day += 1) {
      const [id = ""] = await publish(world, { at: iso(clock.now) });
      await deliver(id);
      expect(await endpoint()).toMatchObject({ status: "active", failing_since: iso(clock.now) });
      clock.now += DAY;
    }
  });

  test("at an address that was changed meanwhile says nothing of the new one", async () => {
    const { world, receiver, hook, deliver, endpoint, clock } = await mintHook();
    const headers = { "content-type": "application/json" };
    const answered = async (status: number): Promise<void> => {
      const [id = ""] = await publish(world);
      const calls = receiver.received.length;
      const gate = Promise.withResolvers<Response>();
      receiver.answer = async () => gate.promise;
      const attempt = deliver(id);
      await vi.waitFor(() => expect(receiver.received).toHaveLength(calls + 1));
      const move = async (url: string) =>
        world.request(`/api/v2/webhooks/${hook.id}`, {
          method: "PATCH",
          headers,
          body: JSON.stringify({ url }),
        });
      await move("https://new.example.com/hooks");
      gate.resolve(new Response(null, { status }));
      await attempt;
      expect(await endpoint()).toMatchObject({ status: "active", failing_since: null });
      await move(receiver.url);
      clock.now += 1_000;
    };
    await answered(500);
    await answered(410);
  });
});

describe("a message that comes twice", () => {
  test("makes one attempt, also while the first is under way", async () => {
    const { world, receiver, deliver, delivery } = await mintHook();
    const [id = ""] = await publish(world);
    const gate = Promise.withResolvers<Response>();
    receiver.answer = async () => gate.promise;
    const first = deliver(id);
    await vi.waitFor(() => expect(receiver.received).toHaveLength(1));
    await Promise.all([deliver(id), deliver(id)]);
    gate.resolve(new Response(null, { status: 200 }));
    await first;
    expect(receiver.received).toHaveLength(1);
    expect(await delivery(id)).toMatchObject({ status: "delivered", attempt_count: 1 });
  });

  test("twenty at once make one attempt", async () => {
    const { world, receiver, deliver, delivery } = await mintHook();
    const [id = ""] = await publish(world);
    await Promise.all(Array.from({ length: 20 }, async () => deliver(id)));
    expect(receiver.received).toHaveLength(1);
    expect((await delivery(id)).attempt_count).toBe(1);
  });

  test("a consumer that died leaves the delivery to whoever comes a minute later", async () => {
    const { world, receiver, deps, deliver, delivery, clock } = await mintHook();
    const [id = ""] = await publish(world);
    expect(await deps.deliveries.lease(id, iso(clock.now), iso(clock.now + 60_000))).not.toBeNull();
    clock.now += 59_000;
    await deliver(id);
    expect(receiver.received).toHaveLength(0);
    clock.now += 1_000;
    await deliver(id);
    expect(await delivery(id)).toMatchObject({ status: "delivered", attempt_count: 1 });
  });
});

describe("a slow receiver", () => {
  test("has four attempts under way at most, and holds up nobody else's", async () => {
    const slow = await mintHook();
    const quick = await mintHook();
    const gate = Promise.withResolvers<null>();
    slow.receiver.answer = async () => {
      await gate.promise;
      return new Response(null, { status: 204 });
    };
    const ids = await Promise.all(
      Array.from({ length: 12 }, async () => (await publish(slow.world))[0] ?? ""),
    );
    const under = Promise.all(ids.map(async (id) => slow.deliver(id)));
    await vi.waitFor(() => expect(slow.sent).toHaveLength(8));
    await quick.deliver((await publish(quick.world))[0] ?? "");
    expect(quick.receiver.received).toHaveLength(1);
    await vi.waitFor(() => expect(slow.receiver.received).toHaveLength(4));
    gate.resolve(null);
    await under;
    expect(slow.receiver.received).toHaveLength(4);

    const waiting = slow.sent.map(({ message }) => ("delivery_id" in message ? message.delivery_id : ""));
    for (const id of waiting)
      expect(await slow.delivery(id)).toMatchObject({ status: "pending", attempt_count: 0 });
    for (const { delaySeconds } of slow.sent) expect(delaySeconds).toBeGreaterThan(0);
    slow.clock.now += 300_000;
    for (const id of waiting) await slow.deliver(id);
    expect(slow.receiver.received).toHaveLength(12);
    expect(new Set(slow.receiver.received.map(({ headers }) => headers["webhook-id"])).size).toBe(12);
  });

  test("can be tried by hand while it is busy", async () => {
    const { world, receiver, hook, deps, clock } = await mintHook();
    for (let index = 0; index < 4; index += 1) {
      const [id = ""] = await publish(world);
      await deps.deliveries.lease(id, iso(clock.now), iso(clock.now + 60_000));
    }
    const tested = await read(world, `${hook.id}/test`, "POST");
    expect(tested.json).toMatchObject({ status: "delivered" });
    expect(receiver.received).toHaveLength(1);
  });

  test("does not fill the schedule: of many that are late some of each endpoint are sent again", async () => {
    const [crowd, other] = [await mintHook(), await mintHook()];
    const [early = ""] = await publish(crowd.world);
    await crowd.world.database.query(
      `insert into webhook_deliveries (id, event_id, endpoint_id, origin, status, next_attempt_at, created_at)
       select 'dlv_' || n || endpoint_id, event_id, endpoint_id, 'replay', 'pending',
         '2020-01-01'::timestamptz, created_at
       from webhook_deliveries, generate_series(1, 120) n where id = $1`,
      [early],
    );
    const [late = ""] = await publish(other.world);
    const overdue = await other.deps.deliveries.overdue(iso(Date.now() + 60_000), 1_000);
    expect(overdue).toContain(late);
    expect(overdue.filter((id) => id.endsWith(crowd.hook.id))).toHaveLength(50);
    await crowd.world.request(`/api/v2/webhooks/${crowd.hook.id}`, { method: "DELETE" });
  });
});

test("a lost message is found by the schedule: what is due for two minutes is sent again, nothing sooner", async () => {
  const { world, hook, clock, sent, deps } = await mintHook();
  const [id = ""] = await publish(world);
  const ours = () =>
    sent.filter(({ message }) => "delivery_id" in message && message.delivery_id === id).length;
  const services = buildServices(env);
  const now = () => clock.now;
  const run = async () =>
    resendDeliveries({ ...services, now, webhooks: { ...services.webhooks, delivery: deps } });
  clock.now += 60_000;
  await run();
  expect(ours()).toBe(0);
  clock.now += 62_000;
  await run();
  expect(ours()).toBe(1);
  await world.request(`/api/v2/webhooks/${hook.id}`, { method: "DELETE" });
  await run();
  expect(ours()).toBe(1);
});

test("a test is one real, signed attempt whose outcome is the answer, and never counts against the endpoint", async () => {
  const { world, receiver, hook, endpoint } = await mintHook(["task.failed"]);
  const tested = await read(world, `${hook.id}/test`, "POST");
  expect(tested.status).toBe(200);
  expect(tested.json).toMatchObject({
    origin: "test",
    status: "delivered",
    last_attempt: { response_status: 204 },
  });
  expect(receiver.verify(hook.secret)).toMatchObject({
    type: "task.completed",
    data: { task_id: "tsk_test" },
  });
  receiver.answer = () => new Response(null, { status: 500 });
  const failed = await read(world, `${hook.id}/test`, "POST");
  expect(failed.json).toMatchObject({ status: "failed", attempt_count: 1, next_attempt_at: null });
  expect(await endpoint()).toMatchObject({ status: "active", failing_since: null });
});

test("a replay sends the same body with the same webhook-id, and the log shows both, by page and by status", async () => {
  const { world, receiver, hook, deliver } = await mintHook();
  const [id = ""] = await publish(world);
  await deliver(id);
  const replayed = await read(world, `${hook.id}/deliveries/${id}/replay`, "POST");
  expect(replayed.status).toBe(202);
  expect(replayed.json).toMatchObject({ origin: "replay", status: "pending" });
  await deliver(replayed.json.id);
  await vi.waitFor(() => expect(receiver.received).toHaveLength(2));
  const [one, two] = receiver.received;
  expect(two?.body).toBe(one?.body);
  expect(two?.headers["webhook-id"]).toBe(one?.headers["webhook-id"]);
  await deliver((await publish(world))[0] ?? "");
  await vi.waitFor(async () => {
    const { json } = await read(world, `${hook.id}/deliveries?status=delivered`);
    expect(json.data).toHaveLength(3);
  });
  const seen: string[] = [];
  let cursor = "";
  do {
    const { json } = await read(world, `${hook.id}/deliveries?limit=2${cursor && `&cursor=${cursor}`}`);
    seen.push(...json.data.map((one: { id: string }) => one.id));
    cursor = json.next_cursor ?? "";
  } while (cursor !== "");
  expect(new Set(seen).size).toBe(3);
  expect(seen).toEqual(expect.arrayContaining([id, replayed.json.id]));
  expect((await read(world, `${hook.id}/deliveries?status=failed`)).json.data).toEqual([]);
});

test("an enrichment is told to those who listen, through the queues, with the score and no personal datum", async () => {
  const { world, receiver, hook } = await mintHook(["company.enriched"]);
  const siren = world.siren();
  const answer = await world.enrich({ siren });
  const { ma_score } = JSON.parse(await answer.text());
  const requestId = answer.headers.get("x-request-id");
  await vi.waitFor(() => expect(receiver.received).toHaveLength(1), { timeout: 15_000, interval: 200 });
  expect(receiver.verify(hook.secret)).toEqual({
    type: "company.enriched",
    timestamp: expect.any(String),
    data: { siren, ma_score, sources: expect.any(Array), request_id: requestId },
  });
  const again = await world.enrich({ siren });
  expect(again.status).toBe(200);
  const events = await world.database.query("select id from webhook_events where organisation_id = $1", [
    world.organisationId,
  ]);
  expect(events).toHaveLength(1);
});

test("the events queue's consumer delivers, and acknowledges what it has done", async () => {
  const { world, receiver, hook } = await mintHook();
  const [id = ""] = await publish(world);
  const body = { v: 1, type: "webhook.deliver", delivery_id: id };
  const message = { id: crypto.randomUUID(), timestamp: new Date(), attempts: 1, body };
  const batch = createMessageBatch("events", [message]);
  const context = createExecutionContext();
  await worker.queue(batch, env, context);
  const result = await getQueueResult(batch, context);
  expect(result.explicitAcks).toEqual([message.id]);
  expect(receiver.verify(hook.secret)).toBeTruthy();
});

test("every night events older than 30 days go, with their deliveries and attempts", async () => {
  const { world, deliver, delivery, hook } = await mintHook();
  const [kept = ""] = await publish(world);
  const [old = ""] = await publish(world);
  await deliver(old);
  await world.database.query(
    `update webhook_events set created_at = now() - interval '31 days'
     where id = (select event_id from webhook_deliveries where id = $1)`,
    [old],
  );
  await purgeWebhooks(buildServices(env));
  expect((await delivery(old)).code).toBe("resource.not_found");
  expect((await delivery(kept)).id).toBe(kept);
  const attempts = await world.database.query("select 1 from webhook_attempts where delivery_id = $1", [old]);
  expect(attempts).toEqual([]);
  expect((await read(world, hook.id)).json.status).toBe("active");
});
