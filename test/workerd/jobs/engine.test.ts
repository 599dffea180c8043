import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { RESERVED_SIRENS } from "../../../src/domain/companies/reserved-sirens.ts";
import { acquire, newGateState, report } from "../../../src/domain/enrichment/gate.ts";
import type { SourceFault } from "../../../src/domain/enrichment/ports.ts";
import type { EngineDeps } from "../../../src/domain/jobs/engine.ts";
import type { EngineMessage, TaskMessage } from "../../../src/domain/jobs/ports.ts";
import { CHUNK_ROWS, CHUNKS_AHEAD, CHUNKS_OPEN } from "../../../src/domain/jobs/task.ts";
import { inTurns } from "../../../src/lib/in-turns.ts";
import { buildRow, countsOf, EngineWorld, type Flight, FOUND, mintEngine, resultOf } from "./engine-world.ts";

const bodacc = (reason: SourceFault["reason"], retryAfterMs: number | null = null): SourceFault => ({
  source: "bodacc",
  reason,
  retryAfterMs,
});

/** Some companies are answered for at the second try only. */
const SHAKY: Flight = async ({ siren, sources }, attempt) => {
  const faults = attempt === 0 && siren < "500000000" ? [bodacc("timeout")] : [];
  return resultOf(siren, sources, { known: true, faults });
};

/** A source that is away for a while, asked as rows ask it: three times, if its gate lets them. */
function behindGate(engine: EngineWorld, away: { until: number; calls: number }): Flight {
  const gate = newGateState();
  return async ({ siren, sources }) => {
    const now = engine.clock;
    const silent = (fault: SourceFault) => resultOf(siren, sources, { known: false, faults: [fault] });
    for (let attempt = 0; attempt < 3; attempt++) {
      const permit = acquire(gate, [{ limit: 1_000, window_ms: 1 }], { now, maxWaitMs: 250 });
      if (permit.kind !== "go")
        return silent({ ...bodacc("circuit_open", permit.retryAfterMs), queued: true });
      const back = now >= away.until;
      report(gate, back ? { outcome: "success" } : { outcome: "failure", key: siren }, now);
      if (back) return resultOf(siren, sources, { known: true });
      away.calls += 1;
    }
    return silent(bodacc("unavailable"));
  };
}

async function cancel(engine: EngineWorld, taskId: string): Promise<void> {
  await engine.world.database.query("update tasks set cancel_requested_at = now() where id = $1", [taskId]);
}

describe("a file", () => {
  test("ends with every row counted once, its upload gone, and its end told once", async () => {
    const engine = await mintEngine();
    const sirens = engine.sirens(125);
    const rows = sirens.map((siren, index) => buildRow(index + 1, siren));
    rows.push(buildRow(126, null, { outcome: "invalid", reason: "check_digit" }));
    rows.push(buildRow(127, sirens[0] ?? null, { outcome: "duplicate", reason: "first_at_line:2" }));
    const task = await engine.createTask(rows);
    const ended = await engine.run(task);
    const counts = countsOf({ enriched: 125, invalid: 1, duplicate: 1 });
    expect(ended).toMatchObject({ status: "completed", counts, uploadKey: null, dispatchedChunks: 3 });
    expect(await engine.outcomes(task.id)).toEqual(counts);
    expect(engine.asked.toSorted()).toEqual(sirens.toSorted());
    expect(await env.UPLOADS.head(task.uploadKey ?? "")).toBeNull();
    expect(engine.events).toEqual([`evt_${task.id.slice(4)}`]);
    const progress = await engine.services.jobs.progress.read(task.organisationId, task.id);
    expect(progress).toMatchObject({ status: "completed", counts });
  });

  test("of more rows than one message splits goes on where it was left", async () => {
    const engine = await mintEngine();
    const rows = Array.from({ length: 21_000 }, (_, index) =>
      buildRow(index + 1, null, { outcome: "invalid", reason: "not_a_siren" }),
    );
    rows.push(buildRow(21_001, engine.world.siren()));
    const task = await engine.createTask(rows);
    await engine.handle({ type: "task.split", task_id: task.id });
    expect(await engine.load(task.id)).toMatchObject({ splitRows: 20_000, status: "running" });
    await engine.drain();
    const ended = await engine.load(task.id);
    expect(ended).toMatchObject({ status: "completed", counts: countsOf({ enriched: 1, invalid: 21_000 }) });
  });

  test("that is gone or cut short before it is split fails the task, and says so once", async () => {
    const engine = await mintEngine();
    const gone = await engine.createRows(3);
    await env.UPLOADS.delete(gone.uploadKey ?? "");
    expect(await engine.run(gone)).toMatchObject({ status: "failed", failure: "upload_missing" });
    const cut = await engine.createRows(3);
    await env.UPLOADS.put(cut.uploadKey ?? "", `{"rowNo":1`);
    expect(await engine.run(cut)).toMatchObject({ status: "failed", failure: "upload_truncated" });
    expect(await env.UPLOADS.head(cut.uploadKey ?? "")).toBeNull();
    expect(engine.events).toHaveLength(2);
  });
});

describe("a row", () => {
  test("that sources can't answer for comes again three times at most, later each time", async () => {
    const engine = await mintEngine();
    const task = await engine.createRows(2);
    const waits: number[] = [];
    engine.flight = async ({ siren, sources }, attempt) => {
      waits.push(engine.clock);
      const known = siren === engine.world.siren("row 0");
      const faults = attempt < 9 ? [bodacc("unavailable")] : [];
      return resultOf(siren, sources, { known, faults });
    };
    const ended = await engine.run(task);
    expect(ended.counts).toEqual(countsOf({ partial: 1, upstream_error: 1 }));
    expect(await engine.rows(task.id)).toMatchObject([
      { outcome: "partial", reason: "bodacc:unavailable", attempts: 3 },
      { outcome: "upstream_error", reason: "bodacc:unavailable", attempts: 3 },
    ]);
    const starts = [...new Set(waits)];
    expect(starts.slice(1).map((at, index) => (at - (starts[index] ?? 0)) / 1_000)).toEqual([5, 10, 20]);
  });

  test("queues at a slow source as often as it takes, within two days or twice what was estimated, and is enriched when its turn comes", async () => {
    const engine = await mintEngine();
    const patient = await engine.createRows(1);
    const queued: SourceFault = { ...bodacc("busy"), queued: true };
    engine.flight = async ({ siren, sources }, attempt) =>
      resultOf(siren, sources, { known: true, faults: attempt < 12 ? [queued] : [] });
    expect((await engine.run(patient)).counts).toEqual(countsOf({ enriched: 1 }));
    expect(await engine.rows(patient.id)).toMatchObject([{ attempts: 0 }]);

    const created = new Date(engine.clock - 49 * 3_600_000).toISOString();
    const siren = engine.world.siren("too late");
    const late = await engine.createTask([buildRow(1, siren)], { createdAt: created });
    engine.flight = async ({ sources }) => resultOf(siren, sources, { known: false, faults: [queued] });
    expect((await engine.run(late)).counts).toEqual(countsOf({ rate_limited: 1 }));

    const long = await engine.createTask([buildRow(1, siren)], { createdAt: created });
    Object.assign(engine.deps, { estimate: () => 30 * 3_600 });
    engine.flight = async ({ sources }) =>
      resultOf(siren, sources, { known: true, faults: engine.asked.length < 30 ? [queued] : [] });
    expect((await engine.run(long)).counts).toEqual(countsOf({ enriched: 1 }));
  });

  test("whose rows come due at different moments is sent for at each of them, and at no other", async () => {
    const engine = await mintEngine();
    const task = await engine.createRows(3);
    const started = engine.clock;
    const waits = [null, 30_000, 90_000];
    engine.flight = async ({ siren, sources }, attempt) => {
      const wait = waits[engine.sirens(3).indexOf(siren)] ?? null;
      return resultOf(siren, sources, {
        known: true,
        faults: attempt === 0 ? [bodacc("timeout", wait)] : [],
      });
    };
    expect((await engine.run(task)).counts).toEqual(countsOf({ enriched: 3 }));
    expect(engine.asked).toHaveLength(6);
    expect(engine.clock - started).toBeGreaterThanOrEqual(90_000);
    expect(engine.clock - started).toBeLessThan(120_000);
  });

  test("has so many chunks in the queue at once: a short file behind a long one does not wait for all of it", async () => {
    const engine = await mintEngine();
    const long = await engine.createRows(CHUNK_ROWS * CHUNKS_AHEAD * 2 + 1);
    const short = await engine.createTask([buildRow(1, engine.world.siren("short"))]);
    const most = { chunks: 0 };
    const finished: string[] = [];
    const order = async (message: EngineMessage): Promise<void> => {
      most.chunks = Math.max(
        most.chunks,
        engine.queue.filter(({ message: { type } }) => type === "task.chunk").length,
      );
      await engine.handle(message);
      if (message.type === "task.finalize") finished.push(message.task_id);
    };
    for (const { id } of [long, short])
      engine.queue.push({ message: { type: "task.split", task_id: id }, dueAt: engine.clock });
    for (let next = engine.queue.shift(); next !== undefined; next = engine.queue.shift())
      await order(next.message);
    expect(finished).toEqual([short.id, long.id]);
    expect(most.chunks).toBeLessThanOrEqual(CHUNKS_AHEAD + 1);
    expect((await engine.load(long.id)).counts).toEqual(countsOf({ enriched: long.rows }));
    expect(engine.asked).toHaveLength(long.rows + 1);
  });

  test("that waits leaves its place to the next ones, up to a limit, and all come to their turn", async () => {
    const engine = await mintEngine();
    const started = engine.clock;
    engine.flight = async ({ siren, sources }) => {
      const faults: SourceFault[] = [{ ...bodacc("busy", 300_000), queued: true }];
      return resultOf(siren, sources, { known: false, faults });
    };
    const task = await engine.createRows(CHUNK_ROWS * (CHUNKS_OPEN + 6));
    engine.queue.push({ message: { type: "task.split", task_id: task.id }, dueAt: engine.clock });
    for (;;) {
      engine.queue.sort((a, b) => a.dueAt - b.dueAt);
      const [next] = engine.queue;
      if (next === undefined || next.dueAt > started + 60_000) break;
      engine.queue.shift();
      await engine.handle(next.message);
    }
    expect(await engine.load(task.id)).toMatchObject({ dispatchedChunks: CHUNKS_OPEN });
    expect(engine.queue).toHaveLength(CHUNKS_OPEN);
    engine.flight = FOUND;
    await engine.drain();
    expect((await engine.load(task.id)).counts).toEqual(countsOf({ enriched: task.rows }));
  }, 60_000);

  test.each([
    [60, 300],
    [180, 300],
    [900, 300],
    [900, 5],
  ])(
    "is enriched after its source was away for %i seconds and was hardly asked meanwhile: one of %i",
    async (seconds, rows) => {
      const engine = await mintEngine();
      const away = { until: engine.clock + seconds * 1_000, calls: 0 };
      engine.flight = behindGate(engine, away);
      const task = await engine.createRows(rows);
      const ended = await engine.run(task);
      expect(ended.counts).toEqual(countsOf({ enriched: rows }));
      expect(away.calls).toBeLessThanOrEqual(11 + seconds / 30);
      expect(engine.clock - away.until).toBeLessThan(60_000);
    },
    60_000,
  );

  test("waits as long as its source asks for, and is enriched when that answers again", async () => {
    const engine = await mintEngine();
    const task = await engine.createRows(60);
    const started = engine.clock;
    engine.flight = async ({ siren, sources }, attempt) =>
      resultOf(siren, sources, { known: attempt > 0, faults: attempt > 0 ? [] : [bodacc("busy", 90_000)] });
    const ended = await engine.run(task);
    expect(ended.counts).toEqual(countsOf({ enriched: 60 }));
    expect(engine.clock - started).toBe(104_000);
    expect(engine.asked).toHaveLength(120);
  });

  test("ends as its sources say: limits, lasting faults, unknown companies", async () => {
    const engine = await mintEngine();
    const task = await engine.createRows(4);
    const [limited, partial, unknown, ours] = engine.sirens(4);
    engine.flight = async ({ siren, sources }) => {
      if (siren === ours) throw new Error("object away");
      if (siren === unknown) return resultOf(siren, sources, { known: false });
      const faults = [bodacc(siren === limited ? "busy" : "quota_exhausted")];
      return resultOf(siren, sources, { known: siren === partial, faults });
    };
    await engine.run(task);
    expect(await engine.rows(task.id)).toMatchObject([
      { outcome: "rate_limited", reason: "bodacc:busy", attempts: 3 },
      { outcome: "partial", reason: "bodacc:quota_exhausted", attempts: 0 },
      { outcome: "not_found", reason: null, attempts: 0 },
      { outcome: "upstream_error", reason: "storage_unavailable", attempts: 3 },
    ]);
  });

  test("that something was mended in says so when it ends, unless its end has a reason of its own", async () => {
    const engine = await mintEngine();
    const [good, unknown] = engine.sirens(3);
    const reason = "leading_zero_restored";
    const rows = engine.sirens(3).map((siren, index) => buildRow(index + 1, siren, { reason }));
    const task = await engine.createTask(rows);
    const stopped = await engine.createTask(rows);
    await engine.handle({ type: "task.split", task_id: stopped.id });
    await cancel(engine, stopped.id);
    engine.flight = async ({ siren, sources }) => {
      const faults = [good, unknown].includes(siren) ? [] : [bodacc("quota_exhausted")];
      return resultOf(siren, sources, { known: siren !== unknown, faults });
    };
    await engine.run(task);
    expect(await engine.rows(task.id)).toMatchObject([
      { outcome: "enriched", reason },
      { outcome: "not_found", reason },
      { outcome: "partial", reason: "bodacc:quota_exhausted" },
    ]);
    expect(await engine.rows(stopped.id)).toMatchObject(rows.map(() => ({ outcome: "cancelled", reason })));
  });

  test("of a test key ends as the reserved SIRENs stand for, and no source is asked", async () => {
    const engine = await mintEngine();
    const sirens = [
      RESERVED_SIRENS.complete,
      RESERVED_SIRENS.partial,
      RESERVED_SIRENS.not_found,
      RESERVED_SIRENS.rate_limited,
      RESERVED_SIRENS.unavailable,
      engine.world.siren(),
    ];
    const rows = sirens.map((siren, index) => buildRow(index + 1, siren));
    rows.push(buildRow(7, RESERVED_SIRENS.complete, { reason: "siret_check_digit" }));
    const task = await engine.createTask(rows, { mode: "test", sources: ["pappers"] });
    await engine.run(task);
    expect((await engine.rows(task.id)).map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ["enriched", null],
      ["partial", "pappers:partial_answer"],
      ["not_found", null],
      ["rate_limited", "pappers:busy"],
      ["upstream_error", "pappers:unavailable"],
      ["not_found", "test_mode.siren_unknown"],
      ["enriched", "siret_check_digit"],
    ]);
    expect(engine.asked).toEqual([]);
  });
});

describe("whatever is repeated, reordered or cut", () => {
  test("redelivered and duplicated messages count nothing twice and buy nothing twice", async () => {
    const engine = await mintEngine();
    const task = await engine.createRows(110);
    const split: TaskMessage = { type: "task.split", task_id: task.id };
    await Promise.all([engine.handle(split), engine.handle(split)]);
    const messages = engine.queue.splice(0).map(({ message }) => message);
    for (const message of messages.toReversed()) await engine.handle(message);
    const asked = engine.asked.length;
    for (const message of messages) await engine.handle(message);
    await engine.drain();
    expect(engine.asked).toHaveLength(asked);
    expect(asked).toBe(110);
    const counts = countsOf({ enriched: 110 });
    expect(await engine.load(task.id)).toMatchObject({ status: "completed", counts });
    expect(await engine.outcomes(task.id)).toEqual(counts);
    const [rows] = await engine.world.database.query(
      "select count(*)::int as n from task_rows where task_id = $1",
      [task.id],
    );
    expect(rows).toEqual({ n: 110 });
  });

  test("a split that finds the upload deleted by another one that has just read it all goes on", async () => {
    const engine = await mintEngine();
    const task = await engine.createRows(3);
    const split: TaskMessage = { type: "task.split", task_id: task.id };
    const { tasks, uploads } = engine.deps;
    const unforgetting = new Proxy(tasks, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (name === "forgetUpload") return async () => Promise.reject(KILLED);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    const late = {
      delete: uploads.delete.bind(uploads),
      read: async (...args: Parameters<typeof uploads.read>) => {
        const other = engine.handle(split, { ...engine.deps, tasks: unforgetting });
        await other.catch(() => null);
        return uploads.read(...args);
      },
    };
    await engine.handle(split, { ...engine.deps, uploads: late });
    await engine.drain();
    const counts = countsOf({ enriched: 3 });
    expect(await engine.load(task.id)).toMatchObject({ status: "completed", counts, uploadKey: null });
  });

  test("killed before or after any step and delivered again, it comes to the same", async () => {
    const engine = await mintEngine();
    const rows = engine.sirens(15).map((siren, index) => buildRow(index + 1, siren));
    rows.push(buildRow(16, null, { outcome: "invalid", reason: "empty" }));
    const counts = countsOf({ enriched: 15, invalid: 1 });
    const runKilledAt = async (kill: number): Promise<number> => {
      const lane = new EngineWorld(engine.world);
      lane.flight = SHAKY;
      const task = await lane.createTask(rows);
      const killed = killable(lane.deps, kill);
      lane.queue.push({ message: { type: "task.split", task_id: task.id }, dueAt: lane.clock });
      for (let next = lane.queue.shift(); next !== undefined; next = lane.queue.shift()) {
        lane.clock = Math.max(lane.clock, next.dueAt);
        try {
          await lane.handle(next.message, killed.deps);
        } catch (error) {
          if (error !== KILLED) throw error;
          lane.queue.push(next);
        }
      }
      const { status, counts: counted } = await lane.load(task.id);
      expect({ kill, status, counted }).toEqual({ kill, status: "completed", counted: counts });
      expect(await lane.outcomes(task.id)).toEqual(counts);
      return killed.steps();
    };
    const steps = await runKilledAt(Number.POSITIVE_INFINITY);
    await inTurns(
      Array.from({ length: steps }, (_, kill) => kill),
      4,
      async (kill) => {
        await runKilledAt(kill);
      },
    );
    expect(steps).toBeGreaterThan(20);
  }, 120_000);
});

const KILLED = new Error("killed");

/** The same deps, of which the n-th call fails: an even n before it has any effect, an odd one after. */
function killable(deps: EngineDeps, n: number) {
  let calls = 0;
  const step = <Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>) => {
    return async (...args: Args): Promise<Result> => {
      const at = calls;
      calls += 2;
      if (at === n) throw KILLED;
      const result = await call(...args);
      if (at + 1 === n) throw KILLED;
      return result;
    };
  };
  const guard = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        return typeof value === "function" ? step(value.bind(target)) : value;
      },
    });
  const { tasks, queue, uploads, board } = deps;
  return {
    deps: {
      ...deps,
      tasks: guard(tasks),
      queue: guard(queue),
      uploads: guard(uploads),
      board: guard(board),
    },
    steps: () => calls,
  };
}

test("a chunk that takes too long for one consumer is gone on with by the next, and nothing is asked twice", async () => {
  const engine = await mintEngine();
  const task = await engine.createRows(50);
  engine.flight = async ({ siren, sources }) => {
    engine.clock += 60_000;
    return resultOf(siren, sources, { known: true });
  };
  const started = engine.clock;
  const ended = await engine.run(task);
  expect(ended).toMatchObject({ status: "completed", counts: countsOf({ enriched: 50 }) });
  expect(engine.asked).toHaveLength(50);
  expect(engine.clock - started).toBeLessThan(52 * 60_000);
});

describe("a cancelled task", () => {
  test("midway keeps what was done, ends the rest without asking, and adds up", async () => {
    const engine = await mintEngine();
    const task = await engine.createRows(120);
    await engine.handle({ type: "task.split", task_id: task.id });
    const [first] = engine.queue.splice(0, 1);
    if (first === undefined) throw new Error("nothing sent");
    await engine.handle(first.message);
    await cancel(engine, task.id);
    await engine.drain();
    const counts = countsOf({ enriched: 50, cancelled: 70 });
    expect(await engine.load(task.id)).toMatchObject({ status: "cancelled", counts });
    expect(engine.asked).toHaveLength(50);
    expect(engine.events).toEqual([]);
  });

  test("before it is split ends with all its rows", async () => {
    const engine = await mintEngine();
    const task = await engine.createRows(30);
    await cancel(engine, task.id);
    await engine.handle({ type: "task.finalize", task_id: task.id });
    const ended = await engine.run(task);
    expect(ended).toMatchObject({
      status: "cancelled",
      counts: countsOf({ cancelled: 30 }),
      uploadKey: null,
    });
    expect(engine.asked).toEqual([]);
  });
});

test("the whole way, through the real queue and the sandbox's sources: stored, and each call paid for once", async () => {
  const engine = await mintEngine();
  const { jobs } = engine.services;
  const { database, organisationId, calls } = engine.world;
  const sirens = engine.sirens(6);
  const task = await engine.createTask(
    sirens.map((siren, index) => buildRow(index + 1, siren)),
    { sources: ["recherche_entreprises", "pappers"], maxAgeMs: 0 },
  );
  const split = { type: "task.split", task_id: task.id } as const;
  await jobs.queues.send([split, split]);
  await expect.poll(async () => (await engine.load(task.id)).status, { timeout: 25_000 }).toBe("completed");
  const counts = await engine.outcomes(task.id);
  expect(counts.enriched + counts.partial).toBe(6);
  for (const siren of sirens)
    expect(await calls(siren)).toMatchObject({ recherche_entreprises: 1, pappers: 1 });
  const ledger = await database.query(
    "select state, count(*)::int as n from ledger_entries where organisation_id = $1 group by state",
    [organisationId],
  );
  expect(ledger).toEqual([{ state: "settled", n: 6 }]);
});
