import { createMessageBatch } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { QueryTooSlow, TableBusy, TableRefused } from "../../../src/domain/exports/errors.ts";
import { FILE_LIFE_MS } from "../../../src/domain/exports/export.ts";
import { failExport } from "../../../src/domain/exports/fail-export.ts";
import { FILE_WRITERS } from "../../../src/domain/exports/formats/file-writers.ts";
import type { PushedRecord } from "../../../src/domain/exports/ports.ts";
import { type ReapDeps, reapExports } from "../../../src/domain/exports/reap-exports.ts";
import { consume } from "../../../src/queue/consume.ts";
import { buildServices } from "../../../src/services.ts";
import { type ExportEngineWorld, LEAST_PART, mintExportEngine, rowsOf } from "./engine-world.ts";

const HOUR_MS = 3_600_000;
const AIRTABLE = { format: "airtable", options: { airtable: { base_id: "app1", table: "Cibles" } } } as const;

async function reap(engine: ExportEngineWorld, more: Partial<ReapDeps> = {}): Promise<void> {
  const { upkeep } = engine;
  const rows = await engine.world.database.query("select id from exports where organisation_id = $1", [
    engine.world.organisationId,
  ]);
  // Exports of other tests are theirs.
  const own = (id: string): boolean => rows.some((row) => row["id"] === id);
  const scoped = {
    stalled: async (...args: Parameters<typeof upkeep.stalled>) =>
      (await upkeep.stalled(...args)).filter(({ id }) => own(id)),
    markResent: upkeep.markResent.bind(upkeep),
    expire: async (at: string) => {
      await engine.world.database.query(
        "update exports set expires_at = $2::timestamptz where organisation_id = $1 and expires_at <= $3::timestamptz",
        [engine.world.organisationId, new Date(Date.now() - 1_000).toISOString(), at],
      );
      await upkeep.expire(new Date().toISOString(), 1_000);
    },
    leftFiles: async (atMost: number) => (await upkeep.leftFiles(atMost)).filter(own),
    inUse: upkeep.inUse.bind(upkeep),
  };
  await reapExports({ ...engine.deps, upkeep: scoped, isPaused: async () => false, ...more });
}

function created(siren: string): PushedRecord {
  return { siren, outcome: "created", record_id: `rec${siren}`, error: null };
}

async function there(keys: string[]): Promise<string[]> {
  const heads = await Promise.all(keys.map(async (key) => env.EXPORTS.head(key)));
  return keys.filter((_, index) => heads[index] !== null);
}

async function mintList(engine: ExportEngineWorld): Promise<string> {
  const id = `lst_${crypto.randomUUID()}`;
  await engine.world.database.query(
    `insert into lists (id, organisation_id, mode, name, created_by_kind, created_at, updated_at)
     values ($1, $2, 'live', 'Cibles', 'key', now(), now())`,
    [id, engine.world.organisationId],
  );
  return id;
}

async function textOf(engine: ExportEngineWorld, exportId: string): Promise<string> {
  const { objectKey } = await engine.load(exportId);
  return (await (await env.EXPORTS.get(objectKey ?? ""))?.text()) ?? "";
}

describe("the file of an export", () => {
  test("is one object of equal parts, as a download that has a name", { timeout: 60_000 }, async () => {
    const engine = await mintExportEngine();
    engine.rows = rowsOf(14, 900_000);
    const exportId = await engine.create();
    await engine.drain();
    expect(await engine.faultsOf(exportId)).toEqual([]);
    expect([...engine.uploads.values()].map(({ parts }) => parts)).toEqual([3]);
    const { objectKey, expiresAt, finishedAt, startedAt } = await engine.load(exportId);
    const head = await env.EXPORTS.head(objectKey ?? "");
    expect(head?.size).toBeGreaterThan(2 * LEAST_PART);
    expect(head?.httpMetadata).toEqual({
      contentType: "text/plain",
      contentDisposition: `attachment; filename="${exportId}.txt"`,
    });
    expect(startedAt).not.toBeNull();
    expect(Date.parse(expiresAt ?? "") - Date.parse(finishedAt ?? "")).toBe(FILE_LIFE_MS);
    expect(engine.events).toEqual([`evt_${exportId.slice(4)}`]);
  });

  test("may end where a part does", { timeout: 60_000 }, async () => {
    const engine = await mintExportEngine();
    const [row] = rowsOf(1, 0);
    if (row === undefined) throw new Error("one row");
    const frame = "begin siren nom_entreprise\n1 \nend 1\n".length;
    engine.rows = [{ ...row, cells: ["x".repeat(LEAST_PART - frame)] }];
    const exportId = await engine.create();
    await engine.drain();
    expect(await engine.faultsOf(exportId)).toEqual([]);
    expect((await engine.load(exportId)).bytes).toBe(LEAST_PART);
    expect([...engine.uploads.values()].map(({ parts }) => parts)).toEqual([1]);
  });

  test("of no company at all is there too, even of no byte", async () => {
    const engine = await mintExportEngine();
    const exportId = await engine.create();
    await engine.drain();
    expect(await engine.faultsOf(exportId)).toEqual([]);
    Object.assign(engine.deps.writers, FILE_WRITERS);
    const empty = await engine.create({ format: "ndjson" });
    await engine.drain();
    expect(await engine.load(empty)).toMatchObject({ status: "completed", rows: 0, bytes: 0 });
    expect(await engine.remains(empty)).toHaveLength(1);
  });

  test("is written again when its parts are not what they were, and given up the fourth time", async () => {
    const engine = await mintExportEngine();
    engine.rows = rowsOf(7, 900_000);
    const join = engine.deps.files.join.bind(engine.deps.files);
    let damaged = 0;
    engine.deps.files.join = async (upload, parts) => {
      damaged += 1;
      await env.EXPORTS.resumeMultipartUpload(upload.key, upload.uploadId).uploadPart(1, "another's");
      return join(upload, parts);
    };
    const exportId = await engine.create();
    await engine.drain();
    expect(damaged).toBe(4);
    expect(await engine.load(exportId)).toMatchObject({ status: "failed", failure: "file_damaged" });
    expect(await engine.leftOf(exportId)).toEqual([]);
    expect(await engine.told(exportId)).toEqual(["export.failed"]);
  });
});

describe("a step", () => {
  test("ends when its time is up, and renews its lease until then", async () => {
    const engine = await mintExportEngine();
    engine.rows = rowsOf(6, 100);
    engine.deps.size.pageRows = 1;
    engine.deps.size.stepRows = 100;
    const page = engine.deps.rows.page.bind(engine.deps.rows);
    const leases = new Set<string | null>();
    const exportId = await engine.create();
    engine.deps.rows.page = async (...args) => {
      engine.clock += 25_000;
      leases.add((await engine.load(exportId)).leasedUntil);
      return page(...args);
    };
    const first = engine.queue.shift();
    if (first === undefined) throw new Error("one message");
    await engine.deliver(first.message);
    expect(await engine.load(exportId)).toMatchObject({ status: "running", rows: 3, seq: 1, leaseId: null });
    expect(leases.size).toBe(3);
    await engine.drain();
    expect(await engine.faultsOf(exportId)).toEqual([]);
  });

  test("ends between two pages when the export was cancelled", async () => {
    const engine = await mintExportEngine();
    engine.rows = rowsOf(6, 100);
    engine.deps.size.pageRows = 1;
    const page = engine.deps.rows.page.bind(engine.deps.rows);
    const exportId = await engine.create();
    let pages = 0;
    engine.deps.rows.page = async (...args) => {
      engine.clock += 11_000;
      pages += 1;
      if (pages === 2) await engine.cancel(exportId);
      return page(...args);
    };
    await engine.drain();
    expect(pages).toBe(2);
    expect(await engine.leftOf(exportId)).toEqual([]);
    expect(await engine.told(exportId)).toEqual([]);
  });
});

test("companies that Postgres is too slow for are read in smaller pages, and then given up", async () => {
  const engine = await mintExportEngine();
  Object.assign(engine.deps.size, { pageRows: 1_000, stepRows: 2_000 });
  engine.rows = rowsOf(1_200, 10);
  const page = engine.deps.rows.page.bind(engine.deps.rows);
  const limits: number[] = [];
  let most = 500;
  engine.deps.rows.page = async (order, wanted) => {
    limits.push(wanted.limit);
    if (wanted.limit > most) throw new QueryTooSlow();
    return page(order, wanted);
  };
  const slow = await engine.create();
  await engine.drain();
  expect(limits).toEqual([1_000, 500, 500, 500]);
  expect(await engine.faultsOf(slow)).toEqual([]);
  most = 0;
  const hopeless = await engine.create();
  await engine.drain();
  expect(limits.slice(4)).toEqual([1_000, 500]);
  expect(await engine.load(hopeless)).toMatchObject({ status: "failed", failure: "query_too_slow" });
});

describe("a table elsewhere", () => {
  test("that is busy is waited for, and no company is pushed twice", async () => {
    const engine = await mintExportEngine();
    Object.assign(engine.deps.writers, FILE_WRITERS);
    engine.rows = rowsOf(5, 10);
    const pushed: string[] = [];
    let busy = 2;
    engine.deps.tables.push = async (target, columns, rows) => {
      expect(target).toEqual({ baseId: "app1", table: "Cibles", token: "token" });
      expect(columns).toEqual(["siren", "nom_entreprise"]);
      const done = busy > 0 && pushed.length > 0 ? rows.slice(0, 1) : rows;
      pushed.push(...done.map(({ siren }) => siren));
      const records = done.map(({ siren }) => created(siren));
      if (done.length === rows.length) return records;
      busy -= 1;
      throw new TableBusy(30_000, records);
    };
    const started = engine.clock;
    const exportId = await engine.create(AIRTABLE);
    await engine.drain();
    const sirens = engine.rows.map(({ siren }) => siren);
    expect(pushed).toEqual(sirens);
    expect(await engine.load(exportId)).toMatchObject({
      status: "completed",
      rows: 5,
      counts: { created: 5, updated: 0, refused: 0 },
      secret: null,
    });
    expect(engine.clock - started).toBeGreaterThanOrEqual(60_000);
    const lines = sirens.map((siren) => `${JSON.stringify(created(siren))}\n`);
    expect(await textOf(engine, exportId)).toBe(lines.join(""));
  });

  test("that is waited for is not asked sooner by a copy of a message", async () => {
    const engine = await mintExportEngine();
    engine.rows = rowsOf(2, 10);
    let asked = 0;
    engine.deps.tables.push = async () => {
      asked += 1;
      throw new TableBusy(30_000);
    };
    const exportId = await engine.create(AIRTABLE);
    const first = engine.queue.shift();
    if (first === undefined) throw new Error("one message");
    for (const seq of [0, 0, 1]) await engine.deliver({ type: "export.step", export_id: exportId, seq });
    expect(asked).toBe(1);
    expect(engine.queue.map(({ dueAt }) => dueAt - engine.clock)).toEqual([30_000, 30_000, 30_000]);
  });

  test.each([
    [
      "alike fails at once, with the reason",
      () => "INVALID_VALUE_FOR_COLUMN",
      [50, "airtable_all_refused:INVALID_VALUE_FOR_COLUMN", 45],
    ],
    ["with a code that could be anything fails without it", () => "Ä b", [50, "airtable_all_refused", 45]],
    [
      "for different reasons is filled as far as it goes",
      (n: number) => `ERROR_${n % 2 ? "A" : "B"}`,
      [60, null, 60],
    ],
  ] as const)("that refuses fifty records %s", async (_, errorOf, end) => {
    const engine = await mintExportEngine();
    engine.rows = rowsOf(60, 10);
    let pushed = 0;
    engine.deps.tables.push = async (_target, _columns, rows) =>
      rows.map(({ siren }) => {
        pushed += 1;
        return { siren, outcome: "refused", record_id: null, error: errorOf(pushed) };
      });
    const exportId = await engine.create(AIRTABLE);
    await engine.drain();
    const { failure, counts } = await engine.load(exportId);
    expect([pushed, failure, counts?.refused]).toEqual(end);
  });

  test("that stays busy is asked ever less often, and given up after a day", async () => {
    const engine = await mintExportEngine();
    engine.rows = rowsOf(2, 10);
    const asked: number[] = [];
    engine.deps.tables.push = async () => {
      asked.push(engine.clock);
      throw new TableBusy(30_000);
    };
    const exportId = await engine.create(AIRTABLE);
    await engine.drain();
    expect(await engine.load(exportId)).toMatchObject({
      status: "failed",
      failure: "timed_out",
      secret: null,
    });
    const waits = asked.map((at, index) => (at - (asked[index - 1] ?? at)) / 1_000).slice(1, 7);
    expect(waits).toEqual([30, 60, 120, 240, 480, 900]);
    expect(asked.length).toBeLessThan(110);
    expect(await engine.leftOf(exportId)).toEqual([]);
  });

  test.each([
    { why: "refuses us", token: "token", failure: "airtable_unauthorised" },
    { why: "has a token that does not open any more", token: null, failure: "token_unreadable" },
  ])("that $why fails the export, and nothing is left", async ({ token, failure }) => {
    const engine = await mintExportEngine();
    engine.rows = rowsOf(5, 10);
    engine.deps.openSecret = async () => token;
    engine.deps.tables.push = async (_, __, rows) => {
      if (rows[0]?.siren !== engine.rows[0]?.siren) throw new TableRefused("airtable_unauthorised");
      return rows.map(({ siren }) => created(siren));
    };
    const exportId = await engine.create(AIRTABLE);
    await engine.drain();
    expect(await engine.load(exportId)).toMatchObject({ status: "failed", failure, leaseId: null });
    expect(await engine.leftOf(exportId)).toEqual([]);
    expect(await engine.told(exportId)).toEqual(["export.failed"]);
    expect(engine.events).toEqual([`evt_${exportId.slice(4)}`]);
  });
});

describe("an export of a list", () => {
  test("goes from the queue to its file by itself", async () => {
    const engine = await mintExportEngine();
    const exportId = await engine.create({ selection: { kind: "list", list_id: await mintList(engine) } });
    await env.EXPORTS_QUEUE.send({ v: 1, type: "export.step", export_id: exportId, seq: 0 });
    const status = async () => (await engine.load(exportId)).status;
    await expect.poll(status, { timeout: 20_000 }).toBe("completed");
    expect(await textOf(engine, exportId)).toBe("siren,nom_entreprise\r\n");
    expect(await engine.remains(exportId)).toHaveLength(1);
  });

  test("fails when the list is deleted before it is done", async () => {
    const engine = await mintExportEngine();
    const { database } = engine.world;
    const selection = { kind: "list", list_id: await mintList(engine) } as const;
    engine.rows = rowsOf(7, 100);
    const exportId = await engine.create({ selection });
    const first = engine.queue.shift();
    if (first === undefined) throw new Error("one message");
    await engine.deliver(first.message);
    await database.query("delete from lists where id = $1", [selection.list_id]);
    await engine.drain();
    expect(await engine.load(exportId)).toMatchObject({ status: "failed", failure: "selection_gone" });
    expect(await engine.leftOf(exportId)).toEqual([]);
  });
});

describe("an export that nobody goes on with", () => {
  test("outlives its message: a dead letter ends nothing, and the reaper sends another", async () => {
    const engine = await mintExportEngine();
    engine.rows = rowsOf(7, 100);
    const exportId = await engine.create();
    engine.queue.splice(0);
    const letter = { id: exportId, timestamp: new Date(), attempts: 1 };
    const body = { v: 1, type: "export.step", export_id: exportId, seq: 0 };
    const batch = createMessageBatch("dead-letter", [{ ...letter, body }]);
    await consume(buildServices(env), batch, () => undefined);
    expect(await engine.load(exportId)).toMatchObject({ status: "queued", failure: null });
    engine.clock += 6 * 60_000;
    await reap(engine);
    await engine.drain();
    expect(await engine.faultsOf(exportId)).toEqual([]);
  });

  test("is not given up while somebody works on it, nor while the queue is paused", async () => {
    const engine = await mintExportEngine();
    const exportId = await engine.create();
    engine.queue.splice(0);
    const { work } = engine.deps;
    const at = (ms: number): string => new Date(engine.clock + ms).toISOString();
    await work.claim({ exportId, id: "lse_1" }, { seq: 0, at: at(0), until: at(HOUR_MS) });
    const giveUp = async () =>
      failExport(engine.deps, await engine.load(exportId), { failure: "timed_out", leaseId: null });
    await giveUp();
    expect(await engine.load(exportId)).toMatchObject({ status: "running", leaseId: "lse_1" });
    engine.clock += 25 * HOUR_MS;
    await reap(engine, { isPaused: async () => true });
    expect(await engine.load(exportId)).toMatchObject({ status: "running" });
    expect(engine.queue).toEqual([]);
    await giveUp();
    expect(await engine.load(exportId)).toMatchObject({ status: "failed", failure: "timed_out" });
  });

  test("does not keep the reaper from the others when it can't be helped", async () => {
    const engine = await mintExportEngine();
    const ids = [await engine.create(), await engine.create(), await engine.create()];
    engine.queue.splice(0);
    engine.clock += 6 * 60_000;
    const sent: string[] = [];
    const send: ReapDeps["queue"]["send"] = async (messages) => {
      for (const message of messages) {
        if (message.type !== "export.step") continue;
        if (message.export_id === ids[1]) throw new Error("queue");
        sent.push(message.export_id);
      }
    };
    await expect(reap(engine, { queue: { send } })).rejects.toThrow(AggregateError);
    expect(sent.toSorted()).toEqual(ids.toSpliced(1, 1).toSorted());
    expect(engine.logged.filter((name) => name === "export_reap_failed")).toHaveLength(1);
  });

  test("is sent again when its message was lost, but not what somebody works on or what waits", async () => {
    const engine = await mintExportEngine();
    engine.rows = rowsOf(7, 100);
    const lost = await engine.create();
    const working = await engine.create();
    const waiting = await engine.create();
    engine.queue.splice(0);
    const at = (ms: number): string => new Date(engine.clock + ms).toISOString();
    const { work } = engine.deps;
    await work.claim({ exportId: working, id: "lse_1" }, { seq: 0, at: at(0), until: at(HOUR_MS) });
    await work.claim({ exportId: waiting, id: "lse_2" }, { seq: 0, at: at(0), until: at(1) });
    await work.release({ exportId: waiting, id: "lse_2" }, at(HOUR_MS));
    await reap(engine);
    expect(engine.queue).toEqual([]);
    engine.clock += 6 * 60_000;
    await reap(engine);
    await reap(engine);
    expect(engine.queue.map(({ message }) => message)).toEqual([
      { type: "export.step", export_id: lost, seq: 0 },
    ]);
    await engine.drain();
    expect(await engine.faultsOf(lost)).toEqual([]);
    engine.clock += 25 * HOUR_MS;
    await reap(engine);
    await engine.drain();
    expect(await engine.load(working)).toMatchObject({ status: "failed", failure: "timed_out" });
    expect(await engine.load(waiting)).toMatchObject({ status: "failed", failure: "timed_out" });
  });
});

test("a file is removed after a day, what a cancelled export left too, and objects of no export after an hour", async () => {
  const engine = await mintExportEngine();
  engine.rows = rowsOf(7, 100);
  const { organisationId } = engine.world;
  const [done, cancelled] = [await engine.create(), await engine.create()];
  const open = await engine.create();
  engine.queue.pop();
  await engine.drain();
  expect(await engine.faultsOf(done)).toEqual([]);
  const strays = [
    `exports/v1/files/${organisationId}/exp_unknown.csv`,
    `exports/v1/carry/${done}/1-lse_1`,
    `exports/v1/carry/${cancelled}/1-lse_1`,
    "exports/v1/else",
  ];
  const kept = `exports/v1/carry/${open}/1-lse_1`;
  for (const key of [...strays, kept]) await env.EXPORTS.put(key, "stray");
  // Cancelled after its last step, and nobody came to remove anything.
  await engine.world.database.query("update exports set status = 'cancelled' where id = $1", [cancelled]);
  await reap(engine);
  expect(await engine.leftOf(cancelled)).toEqual([]);
  const left = strays.filter((key) => !key.includes(cancelled));
  expect(await there(left)).toEqual(left);
  engine.clock += 2 * HOUR_MS;
  await reap(engine);
  expect(await there([...left, kept])).toEqual([kept]);
  expect(await engine.faultsOf(done)).toEqual([]);
  engine.clock += 23 * HOUR_MS;
  await reap(engine);
  expect(await engine.load(done)).toMatchObject({ status: "expired", rows: 7 });
  expect(await engine.leftOf(done)).toEqual([]);
});
