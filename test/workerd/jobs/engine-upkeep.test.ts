import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { UploadStore } from "../../../src/storage/r2/upload-store.ts";
import { failTask } from "../../../src/domain/jobs/finalize-task.ts";
import { reapTasks } from "../../../src/domain/jobs/reap-tasks.ts";
import { taskEvent } from "../../../src/domain/jobs/task-event.ts";
import { consume } from "../../../src/queue/consume.ts";
import { buildRow, countsOf, type EngineWorld, mintEngine } from "./engine-world.ts";
import { purgeTasks } from "../../../src/cron/jobs/purge-tasks.ts";

const chunk = (task_id: string) => ({ v: 1, type: "task.chunk", task_id, chunk: 0 });

async function reap(engine: EngineWorld): Promise<void> {
  const { upkeep, uploads } = engine.services.jobs;
  // Tasks of other tests are theirs.
  const own = {
    stalled: async (...args: Parameters<typeof upkeep.stalled>) => {
      const found = await upkeep.stalled(...args);
      const rows = await engine.world.database.query("select id from tasks where organisation_id = $1", [
        engine.world.organisationId,
      ]);
      return found.filter(({ id }) => rows.some((row) => row["id"] === id));
    },
    markResent: upkeep.markResent.bind(upkeep),
    leftUploads: upkeep.leftUploads.bind(upkeep),
    forgetUpload: upkeep.forgetUpload.bind(upkeep),
    knownUploads: upkeep.knownUploads.bind(upkeep),
  };
  await reapTasks({ ...engine.deps, upkeep: own, uploads });
}

describe("what nobody could finish", () => {
  test("ends the rest of a chunk as an error, and the task with it", async () => {
    const engine = await mintEngine();
    const task = await engine.createRows(70);
    await engine.handle({ type: "task.split", task_id: task.id });
    engine.queue.splice(0);
    const [first, second] = [0, 1].map((chunk) => ({ type: "task.chunk", task_id: task.id, chunk }) as const);
    if (first === undefined || second === undefined) throw new Error("two chunks");
    await engine.handle(second);
    await engine.bury(first);
    await engine.bury(first);
    await engine.drain();
    const counts = countsOf({ enriched: 20, upstream_error: 50 });
    expect(await engine.load(task.id)).toMatchObject({ status: "completed", counts });
    expect((await engine.rows(task.id))[0]).toMatchObject({ reason: "dead_letter" });
  });

  test("is kept for operators with its reason, and a task whose split died goes on when that comes again", async () => {
    const engine = await mintEngine();
    const task = await engine.createRows(3);
    const dead = { v: 1, type: "task.split", task_id: task.id };
    await deliver(engine, "enrichment", { a: { v: 1, type: "task.unknown", nul: "\u0000" } });
    await deliver(engine, "dead-letter", { b: dead });
    await deliver(engine, "dead-letter", { b: dead });
    const letters = await engine.world.database.query(
      "select queue, reason, status, body from dead_letters where message_id like $1 order by message_id",
      [`${engine.world.organisationId}%`],
    );
    expect(letters).toEqual([
      {
        queue: "enrichment",
        reason: "unreadable",
        status: "open",
        body: { v: 1, type: "task.unknown", nul: "\ufffd" },
      },
      { queue: "enrichment", reason: "retries_exhausted", status: "open", body: dead },
    ]);
    expect(await engine.load(task.id)).toMatchObject({ status: "queued", failure: null });
    expect(await engine.run(task)).toMatchObject({ status: "completed", counts: countsOf({ enriched: 3 }) });
  });

  test("is not ended behind the back of somebody who is just storing its rows", async () => {
    const engine = await mintEngine();
    const task = await engine.createRows(1);
    const { database } = engine.world;
    const storing = database.transaction([
      database.query("update tasks set split_offset = 1 where id = $1", [task.id]),
      database.query(
        "insert into task_rows (task_id, row_no, line, input, siren, chunk) values ($1, 1, 2, '', $2, 0)",
        [task.id, engine.world.siren()],
      ),
      database.query("select pg_sleep(1)"),
    ]);
    const unlocked = "select id from tasks where id = $1 for update skip locked";
    await expect.poll(async () => database.query(unlocked, [task.id])).toEqual([]);
    const [at, counts] = [new Date(engine.clock).toISOString(), countsOf({})];
    const stored = await engine.load(task.id);
    const end = { at, counts, event: taskEvent(stored, "task.failed", { at, counts }) };
    expect(await engine.deps.tasks.fail(task.id, "upload_missing", end)).toMatchObject({ status: "queued" });
    await storing;
    await failTask(engine.deps, task.id, "upload_missing");
    const failed = { status: "failed", counts: countsOf({ upstream_error: 1 }) };
    expect(await engine.load(task.id)).toMatchObject(failed);
  });
});

/** Bodies by the part of their message's id that is not the test's own. */
async function deliver(engine: EngineWorld, queue: string, bodies: Record<string, unknown>) {
  const messages = Object.entries(bodies).map(([name, body]) => ({
    id: `${engine.world.organisationId}${name}`,
    timestamp: new Date(),
    attempts: 1,
    body,
  }));
  const batch = createMessageBatch(queue, messages);
  const services = { ...engine.services, jobs: { ...engine.services.jobs, engine: engine.deps } };
  await consume(services, batch, () => undefined);
  const result: { explicitAcks: string[]; retryMessages: { msgId: string }[] } = await getQueueResult(
    batch,
    createExecutionContext(),
  );
  const named = (id: string) => id.slice(engine.world.organisationId.length);
  return {
    acked: result.explicitAcks.map(named),
    retried: result.retryMessages.map(({ msgId }) => named(msgId)),
  };
}

test("messages of one batch end each on its own: done ones are acknowledged, the failed one comes again", async () => {
  const engine = await mintEngine();
  const [good, bad] = [await engine.createRows(2), await engine.createRows(2)];
  await engine.handle({ type: "task.split", task_id: good.id });
  await engine.handle({ type: "task.split", task_id: bad.id });
  const { tasks } = engine.deps;
  const broken = new Proxy(tasks, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      return async (...args: unknown[]): Promise<unknown> => {
        if (name === "openRows" && JSON.stringify(args).includes(bad.id)) throw new Error("postgres is away");
        return value.apply(target, args);
      };
    },
  });
  Object.assign(engine.deps, { tasks: broken });
  const result = await deliver(engine, "enrichment", { bad: chunk(bad.id), good: chunk(good.id), odd: 7 });
  expect(result).toEqual({ acked: ["good", "odd"], retried: ["bad"] });
  Object.assign(engine.deps, { tasks });
  await engine.drain();
  expect(await engine.load(good.id)).toMatchObject({ status: "completed" });
  expect(await deliver(engine, "enrichment", { bad: chunk(bad.id) })).toMatchObject({ acked: ["bad"] });
  await engine.drain();
  expect(await engine.load(bad.id)).toMatchObject({ status: "completed", counts: countsOf({ enriched: 2 }) });
});

describe("the reaper", () => {
  const LATER = 6 * 60_000;

  test("sends again a lost split, a lost chunk and a lost finalize, none of them twice within ten minutes", async () => {
    const engine = await mintEngine();
    const task = await engine.createRows(70);
    const lost = () => engine.queue.splice(0).map(({ message }) => message);
    await reap(engine);
    expect(lost()).toEqual([]);
    engine.clock += LATER;
    await reap(engine);
    expect(lost()).toEqual([{ type: "task.split", task_id: task.id }]);
    await reap(engine);
    expect(lost()).toEqual([]);
    await engine.handle({ type: "task.split", task_id: task.id });
    const [first] = lost();
    if (first === undefined) throw new Error("nothing sent");
    await engine.handle(first);
    engine.clock += LATER;
    await reap(engine);
    expect(lost()).toEqual([]);
    engine.clock += LATER;
    await reap(engine);
    const [second] = lost();
    expect(second).toEqual({ type: "task.chunk", task_id: task.id, chunk: 1 });
    if (second === undefined) throw new Error("nothing sent");
    await engine.handle(second);
    expect(lost()).toEqual([{ type: "task.finalize", task_id: task.id }]);
    engine.clock += 2 * LATER;
    await reap(engine);
    await engine.drain();
    expect(await engine.load(task.id)).toMatchObject({ status: "completed" });
  });

  test("ends a task that could not be split for a day, and none that waits for a slow source", async () => {
    const engine = await mintEngine();
    const [half, waiting] = [await engine.createRows(70), await engine.createRows(70)];
    const rows = engine.sirens(50).map((siren, index) => buildRow(index + 1, siren));
    const [stored, at] = [await engine.load(half.id), new Date(engine.clock).toISOString()];
    await engine.deps.tasks.saveSplit(stored, { rows, offset: 100 }, at);
    await engine.handle({ type: "task.split", task_id: waiting.id });
    const sent = () => engine.queue.splice(0).map(({ message }) => message);
    sent();
    engine.clock += 23 * 3_600_000;
    await reap(engine);
    expect(sent()).toContainEqual({ type: "task.split", task_id: half.id });
    engine.clock += 3_600_001;
    await reap(engine);
    expect(sent()).toContainEqual({ type: "task.chunk", task_id: waiting.id, chunk: 1 });
    expect(await engine.load(half.id)).toMatchObject({
      status: "failed",
      failure: "split_dead",
      counts: countsOf({ upstream_error: 50 }),
      uploadKey: null,
    });
    expect(await env.UPLOADS.head(half.uploadKey ?? "")).toBeNull();
    expect(await engine.load(waiting.id)).toMatchObject({ status: "running" });
  });

  test("deletes uploads that nobody will read, and no other", async () => {
    const engine = await mintEngine();
    const waiting = await engine.createRows(1);
    const orphan = `uploads/v1/${engine.world.organisationId}/upl_orphan.jsonl`;
    await env.UPLOADS.put(orphan, "");
    await reap(engine);
    expect(await env.UPLOADS.head(orphan)).not.toBeNull();
    engine.clock += 2 * 3_600_000;
    await reap(engine);
    expect(await env.UPLOADS.head(orphan)).toBeNull();
    expect(await env.UPLOADS.head(waiting.uploadKey ?? "")).not.toBeNull();
  });

  test("of the night deletes tasks that ended 30 days ago, with their rows", async () => {
    const engine = await mintEngine();
    const [old, young] = [await engine.createRows(3), await engine.createRows(3)];
    await engine.run(old);
    await engine.run(young);
    await engine.world.database.query(
      "update tasks set finished_at = now() - interval '31 days' where id = $1",
      [old.id],
    );
    await purgeTasks({ database: engine.world.database, now: Date.now });
    expect(await engine.deps.tasks.load(old.id)).toBeNull();
    expect(await engine.rows(old.id)).toEqual([]);
    expect(await engine.rows(young.id)).toHaveLength(3);
  });
});

async function putUploads(names: string[]): Promise<string[]> {
  const keys = names.map((name) => `uploads/v1/${name}.jsonl`);
  for (let at = 0; at < keys.length; at += 100)
    await Promise.all(keys.slice(at, at + 100).map(async (key) => env.UPLOADS.put(key, "")));
  return keys;
}

test("uploads that nobody claims are found behind any number of newer ones, a search going on where the last one stopped", async () => {
  const uploads = new UploadStore(env.UPLOADS);
  const last = `~${crypto.randomUUID()}`;
  const orphans = await putUploads(["a", "b", "c"].map((name) => `${last}/${name}`));
  const { uploaded = new Date(0) } = (await env.UPLOADS.head(orphans.at(-1) ?? "")) ?? {};
  await scheduler.wait(5);
  const newer = await putUploads(Array.from({ length: 1_010 }, (_, n) => `org_newer/${n}`));
  const moment = new Date(uploaded.getTime() + 1).toISOString();
  expect(await uploads.olderThan(moment, 500)).toEqual(expect.arrayContaining(orphans));
  await env.UPLOADS.delete(newer.slice(0, 1_000));
  await env.UPLOADS.delete(newer.slice(1_000));
  const found: string[] = [];
  for (let run = 0; run < 100 && found.length < 2 * orphans.length; run += 1) {
    const some = await uploads.olderThan(moment, 2);
    expect(some.length).toBeLessThanOrEqual(2);
    found.push(...some.filter((key) => orphans.includes(key)));
  }
  expect(found).toEqual([...orphans, ...orphans]);
  await env.UPLOADS.delete(orphans);
});
