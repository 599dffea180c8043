import { abortAllDurableObjects, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { createParser, type EventSourceMessage } from "eventsource-parser";
import { describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { TaskProgressClient } from "../../../src/durable/task-progress-client.ts";
import { noCounts } from "../../../src/domain/jobs/task.ts";
import { TaskStatus } from "../../../src/http/routes/tasks/schema.ts";
import { buildServices } from "../../../src/services.ts";
import { TaskReader } from "../../../src/storage/postgres/task-reader.ts";
import { mintWorld, type World } from "../../support/world.ts";
import { announce, board, countsOf, mintTask, repeat } from "./task-world.ts";

const enriched = (count: number) => ({ ...noCounts(), enriched: count });

async function away(): Promise<never> {
  throw new Error("away");
}

async function statusOf(world: World, id: string): Promise<z.infer<typeof TaskStatus>> {
  const response = await world.request(`/api/v2/tasks/${id}/status`);
  expect(response.status).toBe(200);
  return TaskStatus.parse(await response.json());
}

async function end(id: string, count: number): Promise<void> {
  await board().finish(id, {
    status: "completed",
    counts: enriched(count),
    finishedAt: new Date().toISOString(),
  });
}

describe("status", () => {
  test("comes from the object of the task: Postgres, which has never heard of it, is not asked", async () => {
    const world = await mintWorld();
    const id = await announce(world, 10, { estimatedSeconds: 40 });
    expect(await statusOf(world, id)).toMatchObject({
      status: "queued",
      rows: 10,
      eta_seconds: 40,
      started_at: null,
    });
    await board().report(id, "split:0", { ...noCounts(), invalid: 2 });
    expect(await board().report(id, "chunk:0", enriched(3))).toEqual({ complete: false });
    const status = await statusOf(world, id);
    expect(status).toMatchObject({ status: "running", counts: { ...noCounts(), invalid: 2, enriched: 3 } });
    expect(status.rate_per_second).toBeGreaterThan(0);
  });

  test("has an entity tag that changes when a row ends, and with nothing else", async () => {
    const world = await mintWorld();
    const id = await announce(world, 10);
    const ask = async (etag = ""): Promise<Response> =>
      world.request(`/api/v2/tasks/${id}/status`, { headers: { "if-none-match": etag } });
    const etag = (await ask()).headers.get("etag") ?? "";
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 5_000 });
    expect((await ask(etag)).status).toBe(304);
    vi.useRealTimers();
    await board().report(id, "chunk:0", enriched(1));
    const changed = await ask(etag);
    expect([changed.status, changed.headers.get("cache-control")]).toEqual([200, "no-store"]);
    expect((await ask(changed.headers.get("etag") ?? "")).status).toBe(304);
  });

  test("does not go back when reports come late, twice or after the object was evicted", async () => {
    const world = await mintWorld();
    const id = await announce(world, 10);
    await board().report(id, "chunk:0", enriched(4));
    await board().report(id, "chunk:1", enriched(2));
    const before = await statusOf(world, id);
    await abortAllDurableObjects();
    expect(await statusOf(world, id)).toMatchObject({ counts: enriched(6), started_at: before.started_at });
    await board().report(id, "chunk:0", enriched(1));
    await board().report(id, "chunk:1", enriched(2));
    expect((await statusOf(world, id)).counts).toEqual(enriched(6));
    expect(await board().report(id, "chunk:1", enriched(6))).toEqual({ complete: true });
    await end(id, 10);
    await abortAllDurableObjects();
    await board().report(id, "chunk:9", enriched(9));
    expect(await statusOf(world, id)).toMatchObject({
      status: "completed",
      counts: enriched(10),
      eta_seconds: 0,
    });
  });

  test("of a task that its object does not know is built from Postgres, and goes on from there", async () => {
    const world = await mintWorld();
    const rows = [
      ...repeat(3, { outcome: "enriched" }),
      ...repeat(2, { outcome: "invalid" }),
      { outcome: null },
    ];
    const id = await mintTask(world, rows);
    expect(await statusOf(world, id)).toMatchObject({ status: "running", counts: countsOf(rows) });
    await board().report(id, "chunk:0", enriched(1));
    expect((await statusOf(world, id)).counts).toEqual(countsOf(rows));
    expect(await board().report(id, "chunk:0", enriched(4))).toEqual({ complete: true });
  });

  test("a report of a task that nobody announced finds what is in Postgres", async () => {
    const world = await mintWorld();
    const id = await mintTask(world, repeat(3, { outcome: "enriched" }));
    expect(await board().report(id, "chunk:0", enriched(1))).toEqual({ complete: true });
    expect(await board().report("tsk_unheardof", "chunk:0", enriched(1))).toEqual({ complete: false });
  });

  test("an end that nobody heard of is found in Postgres once the task has been quiet for a minute", async () => {
    const world = await mintWorld();
    const id = await mintTask(world, repeat(3, { outcome: "enriched" }));
    await statusOf(world, id);
    await world.database.query(
      "update tasks set status = 'failed', failure = 'upload_missing', finished_at = now(), counts = $2 where id = $1",
      [id, JSON.stringify({ enriched: 3 })],
    );
    expect((await statusOf(world, id)).status).toBe("running");
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61_000 });
    const found = await statusOf(world, id);
    vi.useRealTimers();
    expect(found).toMatchObject({
      status: "failed",
      failure: "upload_missing",
      counts: enriched(3),
      eta_seconds: 0,
    });
  });

  test("is the same after its object forgot everything, a day after the end", async () => {
    const world = await mintWorld();
    const rows = repeat(3, { outcome: "enriched" });
    const id = await mintTask(world, rows, { status: "completed", counts: countsOf(rows) });
    const before = await statusOf(world, id);
    expect(await runDurableObjectAlarm(env.TASK_PROGRESS.getByName(`task:v1:${id}`))).toBe(true);
    expect(await statusOf(world, id)).toEqual(before);
  });

  test("is answered from Postgres while the object can't be reached, and from the object while Postgres can't", async () => {
    const world = await mintWorld();
    const rows = [...repeat(3, { outcome: "enriched" }), { outcome: null }];
    const id = await mintTask(world, rows);
    const { now, log } = buildServices(env);
    const records = new TaskReader(world.database);
    const object = { snapshot: away, restore: away, report: away };
    const namespace: typeof env.TASK_PROGRESS = Object.create(env.TASK_PROGRESS, {
      getByName: { value: () => object },
    });
    const withoutObject = new TaskProgressClient(namespace, { records, log, now });
    const found = await withoutObject.read(world.organisationId, id);
    expect(found).toMatchObject({ status: "running", counts: countsOf(rows) });
    expect(await withoutObject.read("org_other", id)).toBeNull();
    await expect(withoutObject.report(id, "chunk:0", enriched(1))).rejects.toThrow("storage unavailable");
    const withoutPostgres = new TaskProgressClient(env.TASK_PROGRESS, {
      records: { recorded: away },
      log,
      now,
    });
    await expect(withoutPostgres.read(world.organisationId, id)).rejects.toThrow("away");
    await board().refresh(id);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61_000 });
    const quiet = await withoutPostgres.read(world.organisationId, id);
    vi.useRealTimers();
    expect(quiet?.counts).toEqual(countsOf(rows));
  });

  test("whoever watches by socket is told to come back when the object forgets", async () => {
    const world = await mintWorld();
    const id = await announce(world, 1);
    const { closed } = await open(world, id);
    await runDurableObjectAlarm(env.TASK_PROGRESS.getByName(`task:v1:${id}`));
    expect(await closed).toBe(4000);
  });
});

interface Stream {
  next: () => Promise<EventSourceMessage | null>;
  leave: () => Promise<void>;
}

/** As a browser reads it. */
async function follow(world: World, id: string, lastEventId?: string): Promise<Stream> {
  const headers: Record<string, string> = lastEventId === undefined ? {} : { "last-event-id": lastEventId };
  const response = await world.request(`/api/v2/tasks/${id}/events`, { headers });
  expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (reader === undefined) throw new Error("no stream");
  const events: EventSourceMessage[] = [];
  const retries: number[] = [];
  const parser = createParser({ onEvent: (event) => events.push(event), onRetry: (ms) => retries.push(ms) });
  const next = async (): Promise<EventSourceMessage | null> => {
    while (events.length === 0) {
      const { value, done } = await reader.read();
      if (done) return null;
      parser.feed(value);
    }
    expect(retries).toEqual([1_000]);
    return events.shift() ?? null;
  };
  return { next, leave: async () => reader.cancel() };
}

const dataOf = (event: EventSourceMessage | null) => TaskStatus.parse(JSON.parse(event?.data ?? ""));

describe("events", () => {
  test("tell the state at once and each change, without gap or repetition over a disconnect, and then the end", async () => {
    const world = await mintWorld();
    const id = await announce(world, 10);
    const first = await follow(world, id);
    const seen = [await first.next()];
    expect(dataOf(seen[0] ?? null).counts).toEqual(noCounts());
    await board().report(id, "chunk:0", enriched(4));
    seen.push(await first.next());
    expect(dataOf(seen[1] ?? null).counts).toEqual(enriched(4));
    await first.leave();
    await board().report(id, "chunk:0", enriched(6));
    const second = await follow(world, id, seen[1]?.id);
    seen.push(await second.next());
    expect(dataOf(seen[2] ?? null).counts).toEqual(enriched(6));
    await end(id, 10);
    seen.push(await second.next());
    const last = await second.next();
    expect(await second.next()).toBeNull();
    expect(seen.map((event) => event?.event)).toEqual(Array(4).fill("progress"));
    const ids = seen.map((event) => Number(event?.id));
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
    expect([last?.event, dataOf(last)]).toEqual(["end", await statusOf(world, id)]);
  });

  test("of a task that has ended are its end, also for whoever has seen it", async () => {
    const world = await mintWorld();
    const id = await announce(world, 1);
    await end(id, 1);
    const first = await follow(world, id);
    const events = [await first.next(), await first.next(), await first.next()];
    const again = await follow(world, id, events[1]?.id);
    expect([await again.next(), await again.next(), await again.next()]).toEqual(events);
    expect(events.map((event) => event?.event)).toEqual(["progress", "end", undefined]);
  });
});

const Message = z.object({ event: z.literal("progress"), id: z.int(), data: TaskStatus });

interface Socket {
  messages: z.infer<typeof Message>[];
  texts: string[];
  socket: WebSocket;
  closed: Promise<number>;
}

async function connect(world: World, id: string, headers: Record<string, string> = {}): Promise<Response> {
  return world.request(`/api/v2/tasks/${id}/socket`, { headers: { upgrade: "websocket", ...headers } });
}

async function open(world: World, id: string): Promise<Socket> {
  const { status, webSocket } = await connect(world, id);
  expect(status).toBe(101);
  if (webSocket === null) throw new Error("no socket");
  const [messages, texts]: [Socket["messages"], string[]] = [[], []];
  webSocket.addEventListener("message", ({ data }) => {
    const text = String(data);
    if (text.startsWith("{")) messages.push(Message.parse(JSON.parse(text)));
    else texts.push(text);
  });
  const closed = new Promise<number>((resolve) => {
    webSocket.addEventListener("close", ({ code }) => resolve(code));
  });
  webSocket.accept();
  return { messages, texts, socket: webSocket, closed };
}

describe("socket", () => {
  test("tells the state first, then coalesced changes, and is closed after the end", async () => {
    const world = await mintWorld();
    const id = await announce(world, 100);
    const { messages, texts, socket, closed } = await open(world, id);
    await vi.waitFor(() => expect(messages).toHaveLength(1));
    socket.send("ping");
    await vi.waitFor(() => expect(texts).toEqual(["pong"]));
    for (let count = 1; count <= 60; count++) await board().report(id, "chunk:0", enriched(count));
    await vi.waitFor(() => expect(messages.at(-1)?.data.counts).toEqual(enriched(60)));
    expect(messages.length).toBeLessThan(30);
    await end(id, 100);
    expect(await closed).toBe(1000);
    const ids = messages.map((message) => message.id);
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
    expect(messages.at(-1)?.data).toEqual(await statusOf(world, id));
  });

  test("of a task that has ended says so and closes", async () => {
    const world = await mintWorld();
    const rows = repeat(2, { outcome: "enriched" });
    const id = await mintTask(world, rows, { status: "completed", counts: countsOf(rows) });
    const { messages, closed } = await open(world, id);
    expect(await closed).toBe(1000);
    expect(messages.map(({ data }) => data.status)).toEqual(["completed"]);
  });

  test("takes the token of a browser among its protocols, and answers with the other one", async () => {
    const world = await mintWorld();
    const id = await announce(world, 1);
    const ask = async (protocols: string): Promise<Response> =>
      connect(world, id, { authorization: "", "sec-websocket-protocol": protocols });
    const response = await ask(`ma.progress, bearer.${world.key}`);
    expect([response.status, response.headers.get("sec-websocket-protocol")]).toEqual([101, "ma.progress"]);
    const left = new Promise<number>((resolve) => {
      response.webSocket?.addEventListener("close", ({ code }) => resolve(code));
    });
    response.webSocket?.accept();
    response.webSocket?.close(1000, "seen enough");
    expect(await left).toBe(1000);
    expect((await ask("ma.progress, bearer.wrong")).status).toBe(401);
    expect((await ask("ma.progress")).status).toBe(401);
  });

  test("is nothing for a request that is no handshake", async () => {
    const world = await mintWorld();
    const id = await announce(world, 1);
    const response = await world.request(`/api/v2/tasks/${id}/socket`);
    expect([response.status, response.headers.get("upgrade")]).toEqual([426, "websocket"]);
    expect(await response.json()).toMatchObject({ code: "request.upgrade_required" });
    const headers = { authorization: "", "sec-websocket-protocol": `bearer.${world.key}` };
    expect((await world.request(`/api/v2/tasks/${id}/socket`, { headers })).status).toBe(401);
  });
});
