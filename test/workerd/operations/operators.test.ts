import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { generateApiKey, hashApiKey } from "../../../src/auth/api-key.ts";
import { RESERVED_SIRENS } from "../../../src/domain/companies/reserved-sirens.ts";
import { consume } from "../../../src/queue/consume.ts";
import { buildServices, type Services } from "../../../src/services.ts";
import { pauseKey } from "../../../src/storage/queue-settings.ts";
import { database, mintKey, mintWorld, send, type World } from "../../support/world.ts";

const ADMIN = "/api/v2/admin";
const POST = { method: "POST" } as const;

const Problem = z.object({ code: z.string() });
const Letters = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      queue: z.string().nullable(),
      message: z.record(z.string(), z.unknown()).nullable(),
      reason: z.string(),
      status: z.string(),
    }),
  ),
  next_cursor: z.string().nullable(),
  has_more: z.boolean(),
});
const Audit = z.object({
  data: z.array(
    z.object({ action: z.string(), outcome: z.string(), resource: z.object({ id: z.string() }) }),
  ),
});

async function problemOf(response: Response): Promise<[number, string]> {
  return [response.status, Problem.parse(await response.json()).code];
}

async function audited(world: World, action: string): Promise<string[]> {
  const answer = await world.request(`/api/v2/audit-logs?action=${action}`);
  return Audit.parse(await answer.json()).data.map(({ resource }) => resource.id);
}

function unique(prefix: string): string {
  return `${prefix}_${crypto.randomUUID().replaceAll("-", "").slice(0, 26)}`;
}

/** Older than any other: its letters' turn comes first. */
const OLDEST = "dl_00";

interface Buried {
  queue?: string | null;
  status?: string;
  prefix?: string;
}

/** A dead letter as the consumer of their queue keeps it. */
async function bury(body: unknown, given: Buried = {}): Promise<string> {
  const { queue = "events", status = "open", prefix = "dl_1" } = given;
  const id = unique(prefix);
  await database().query(
    `insert into dead_letters (id, queue, message_id, body, reason, status, sent_at, received_at)
     values ($1, $2, $1, $3::jsonb, 'retries_exhausted', $4, now(), now())`,
    [id, queue, JSON.stringify(body), status],
  );
  return id;
}

async function letterStatus(id: string): Promise<unknown> {
  const [row] = await database().query("select status from dead_letters where id = $1", [id]);
  return row?.["status"];
}

async function inbound(status: "received" | "failed"): Promise<{ id: string; body: object }> {
  const id = unique("inb");
  await database().query(
    `insert into inbound_events (id, channel, dedupe_key, body, sirens, status, received_at)
     values ($1, 'generic', $1, '{}', '{}', $2, now())`,
    [id, status],
  );
  return { id, body: { v: 1, type: "hook.received", inbound_id: id } };
}

async function inboundStatus(id: string): Promise<unknown> {
  const [row] = await database().query("select status from inbound_events where id = $1", [id]);
  return row?.["status"];
}

async function eventually(check: () => Promise<void>): Promise<void> {
  await vi.waitFor(check, { timeout: 25_000, interval: 200 });
}

beforeAll(async () => {
  await send(new Request("https://api.test/api/v2/health"));
});

describe("the operations routes are open to operators alone", () => {
  const ROUTES = [
    ["GET", "/queues"],
    ["POST", "/queues/events/pause"],
    ["POST", "/queues/events/resume"],
    ["GET", "/dead-letters"],
    ["POST", "/dead-letters/redrive"],
    ["POST", "/dead-letters/dl_1/redrive"],
    ["DELETE", "/dead-letters/dl_1"],
  ] as const;

  test("whoever pays for a plan, and whoever lacks the right, is refused", async () => {
    const operator = await mintWorld();
    const customer = await mintWorld();
    await database().query("update organisations set plan = 'enterprise' where id = $1", [
      customer.organisationId,
    ]);
    const weak = await mintKey(operator.organisationId, { scopes: ["webhooks:write", "audit:read"] });
    for (const [method, path] of ROUTES) {
      const refused = await customer.request(ADMIN + path, { method });
      expect(await problemOf(refused)).toEqual([403, "operations.operator_only"]);
      const headers = { authorization: `Bearer ${weak}` };
      const unscoped = await operator.request(ADMIN + path, { method, headers });
      expect(await problemOf(unscoped)).toEqual([403, "auth.scope_missing"]);
    }
  });

  test("a test key touches no queue", async () => {
    const operator = await mintWorld();
    const key = generateApiKey("test", (length) => crypto.getRandomValues(new Uint8Array(length)));
    await database().query(
      `insert into api_keys (id, organisation_id, name, prefix, hash, scopes, mode)
       values ($1, $2, 'test', $3, $4, '{operations:write}', 'test')`,
      [unique("key"), operator.organisationId, key.slice(0, 16), await hashApiKey(key)],
    );
    const headers = { authorization: `Bearer ${key}` };
    const refused = await operator.request(`${ADMIN}/queues/events/pause`, { ...POST, headers });
    expect(await problemOf(refused)).toEqual([403, "operations.operator_only"]);
  });
});

test("an operator sees what waits, how it is consumed, what died and what is left to do", async () => {
  const world = await mintWorld();
  await inbound("received");
  await bury({ v: 1, type: "webhook.deliver", delivery_id: "dlv_1" });
  await bury({ surprise: true }, { queue: null });
  const response = await world.request(`${ADMIN}/queues`);
  expect(response.status).toBe(200);
  expect(response.headers.get("cache-control")).toBe("no-store");
  const count = expect.any(Number);
  const died = expect.arrayContaining([{ reason: "retries_exhausted", open: count }]);
  const consumer = {
    max_batch_size: 10,
    max_batch_timeout_seconds: 0,
    max_retries: 10,
    max_concurrency: null,
    companies_in_flight: null,
    dead_letter_queue: "dead-letter",
  };
  const queue = { backlog_count: count, backlog_bytes: count, paused: false };
  expect(await response.json()).toMatchObject({
    queues: [
      { ...queue, name: "enrichment", consumer: { ...consumer, companies_in_flight: count } },
      { ...queue, name: "exports", consumer: { ...consumer, max_batch_size: 1 } },
      { ...queue, name: "events", consumer, dead_letters: died },
      { ...queue, name: "dead-letter", consumer: { max_batch_timeout_seconds: 5, dead_letter_queue: null } },
    ],
    unreadable_messages: died,
    work: {
      tasks: { queued: count, running: count, open_rows: count },
      exports: { queued: count, running: count },
      webhook_deliveries: { pending: count, overdue: count },
      inbound_events: { received: count, failed: count, oldest_at: expect.any(String) },
    },
  });
});

/** A consumer that has just started, and what it puts back. */
function consumer(): { services: Services; putBack: { body: unknown; delaySeconds: number }[] } {
  const built = buildServices(env);
  const putBack: { body: unknown; delaySeconds: number }[] = [];
  vi.spyOn(built.operations.queues, "sendAgain").mockImplementation(async (_, bodies, delaySeconds) => {
    putBack.push(...bodies.map((body) => ({ body, delaySeconds })));
  });
  return { services: built, putBack };
}

async function deliver(services: Services, bodies: unknown[]) {
  const messages = bodies.map((body, index) => ({
    id: String(index),
    body,
    timestamp: new Date(),
    attempts: 1,
    ack: vi.fn<() => void>(),
    retry: vi.fn<() => void>(),
  }));
  await consume(services, { queue: "events", messages }, () => undefined);
  return messages;
}

describe("pausing a queue", () => {
  test("stops its work and loses nothing; resuming lets it go on", async () => {
    const world = await mintWorld();
    const notice = await inbound("received");
    const paused = await world.request(`${ADMIN}/queues/events/pause`, POST);
    expect([paused.status, await paused.json()]).toEqual([200, { queue: "events", paused: true }]);

    const first = consumer();
    const held = await deliver(first.services, [notice.body, { unreadable: true }]);
    for (const { ack, retry } of held) {
      expect(ack).toHaveBeenCalledOnce();
      expect(retry).not.toHaveBeenCalled();
    }
    expect(await inboundStatus(notice.id)).toBe("received");
    expect(first.putBack).toEqual([
      { body: notice.body, delaySeconds: 60 },
      { body: { unreadable: true }, delaySeconds: 60 },
    ]);
    const other = await world.request(`${ADMIN}/queues`);
    const { queues } = z
      .object({ queues: z.array(z.object({ name: z.string(), paused: z.boolean() })) })
      .parse(await other.json());
    expect(queues).toEqual([
      { name: "enrichment", paused: false },
      { name: "exports", paused: false },
      { name: "events", paused: true },
      { name: "dead-letter", paused: false },
    ]);

    const failing = consumer();
    vi.spyOn(failing.services.operations.queues, "sendAgain").mockRejectedValue(new TypeError("down"));
    const told = vi.spyOn(failing.services.log, "event");
    const settle = vi.spyOn(failing.services.telemetry.deps.flush, "settle");
    await expect(deliver(failing.services, [notice.body])).rejects.toThrow(TypeError);
    const fields = { queue: "events", messages: 1, error: "TypeError" };
    expect(told).toHaveBeenCalledWith("messages_not_put_back", fields);
    expect(settle).toHaveBeenCalled();

    const resumed = await world.request(`${ADMIN}/queues/events/resume`, POST);
    expect([resumed.status, await resumed.json()]).toEqual([200, { queue: "events", paused: false }]);
    const second = consumer();
    await deliver(second.services, [first.putBack[0]?.body]);
    expect(second.putBack).toEqual([]);
    expect(await inboundStatus(notice.id)).toBe("processed");
  });

  test("twice changes nothing, and is recorded once", async () => {
    const world = await mintWorld();
    const act = async (verb: string) => {
      const response = await world.request(`${ADMIN}/queues/dead-letter/${verb}`, POST);
      expect(response.status).toBe(200);
    };
    for (const verb of ["pause", "pause", "resume", "resume"]) await act(verb);
    expect(await audited(world, "queue.paused")).toEqual(["dead-letter"]);
    expect(await audited(world, "queue.resumed")).toEqual(["dead-letter"]);
    expect(await env.SETTINGS.get(pauseKey("dead-letter"))).toBeNull();
  });

  test("is known to a consumer within five seconds, and asked of KV no more often", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    try {
      const { pauses } = buildServices(env).operations;
      const get = vi.spyOn(env.SETTINGS, "get");
      expect([await pauses.isPaused("enrichment"), await pauses.isPaused("enrichment")]).toEqual([
        false,
        false,
      ]);
      await env.SETTINGS.put(pauseKey("enrichment"), "paused");
      expect(await pauses.isPaused("enrichment")).toBe(false);
      vi.advanceTimersByTime(5_000);
      expect(await pauses.isPaused("enrichment")).toBe(true);
      get.mockRestore();
    } finally {
      await env.SETTINGS.delete(pauseKey("enrichment"));
      vi.useRealTimers();
    }
  });

  test("of a queue that does not exist is refused with those that do", async () => {
    const world = await mintWorld();
    const response = await world.request(`${ADMIN}/queues/event/pause`, POST);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain("events");
  });
});

async function rowsOf(task: string): Promise<unknown[]> {
  return database().query(
    "select row_no, line, outcome, reason from task_rows where task_id = $1 order by row_no",
    [task],
  );
}

describe("dead letters", () => {
  test("are listed newest first, page by page, by status and queue, and show references only", async () => {
    const world = await mintWorld();
    const chunk = { type: "task.chunk", task_id: unique("tsk").slice(0, 30), chunk: 3 };
    const first = await bury({ v: 1, ...chunk }, { queue: "enrichment" });
    const odd = await bury({ nom: "Marie Petit", email: "marie@example.test" }, { queue: null });
    const gone = await bury({ v: 1, ...chunk }, { queue: "enrichment", status: "discarded" });
    const list = async (query: string) => {
      const seen: z.infer<typeof Letters>["data"] = [];
      let cursor = "";
      for (;;) {
        const answer = await world.request(`${ADMIN}/dead-letters?limit=2${query}${cursor}`);
        expect(answer.status).toBe(200);
        const page = Letters.parse(await answer.json());
        seen.push(...page.data);
        if (page.next_cursor === null) return seen;
        cursor = `&cursor=${page.next_cursor}`;
      }
    };
    const all = await list("");
    const ids = all.map(({ id }) => id);
    expect(ids).toEqual(ids.toSorted().toReversed());
    expect(ids).toEqual(expect.arrayContaining([first, odd, gone]));
    expect(all.find(({ id }) => id === first)?.message).toEqual(chunk);
    expect(all.find(({ id }) => id === odd)).toMatchObject({ message: null, queue: null });
    expect(JSON.stringify(all)).not.toContain("arie");
    const closed = await list("&status=discarded&queue=enrichment");
    expect(closed.map(({ id }) => id)).toContain(gone);
    expect(closed.map(({ status }) => status)).not.toContain("open");
    expect((await world.request(`${ADMIN}/dead-letters?cursor=nonsense`)).status).toBe(400);
  });

  test("are sent again once, and their work is then done", async () => {
    const world = await mintWorld();
    const notice = await inbound("failed");
    const id = await bury(notice.body);
    const both = await Promise.all(
      [1, 2].map(async () => world.request(`${ADMIN}/dead-letters/${id}/redrive`, POST)),
    );
    expect(both.map(({ status }) => status).sort((a, b) => a - b)).toEqual([202, 409]);
    const done = both.find(({ status }) => status === 202);
    expect(await done?.json()).toEqual({ id, task_id: null });
    await eventually(async () => expect(await inboundStatus(notice.id)).toBe("processed"));
    expect(await letterStatus(id)).toBe("redriven");
    expect(await audited(world, "dead_letter.redriven")).toEqual([id]);
    const again = await world.request(`${ADMIN}/dead-letters/${id}/redrive`, POST);
    expect(await problemOf(again)).toEqual([409, "dead_letters.not_open"]);
  });

  test("that can't be read are refused, and can be discarded once", async () => {
    const world = await mintWorld();
    const id = await bury({ v: 99, type: "task.chunk" }, { queue: null });
    const refused = await world.request(`${ADMIN}/dead-letters/${id}/redrive`, POST);
    expect(await problemOf(refused)).toEqual([409, "dead_letters.unreadable"]);
    const discard = async () => world.request(`${ADMIN}/dead-letters/${id}`, { method: "DELETE" });
    expect((await discard()).status).toBe(204);
    expect(await problemOf(await discard())).toEqual([409, "dead_letters.not_open"]);
    expect(await letterStatus(id)).toBe("discarded");
    expect(await audited(world, "dead_letter.discarded")).toEqual([id]);
  });

  test("that do not exist are not found", async () => {
    const world = await mintWorld();
    for (const id of ["dl_unknown", "a%20b", "%00"]) {
      const redriven = await world.request(`${ADMIN}/dead-letters/${id}/redrive`, POST);
      expect(redriven.status).toBe(404);
      expect((await world.request(`${ADMIN}/dead-letters/${id}`, { method: "DELETE" })).status).toBe(404);
    }
  });

  test("are sent again many at a time, those of one queue, and what can't be read stays", async () => {
    const world = await mintWorld();
    const notices = await Promise.all(Array.from({ length: 12 }, async () => inbound("failed")));
    for (const { body } of notices) await bury(body, { prefix: OLDEST });
    const unreadable = await bury({ v: 1, type: "nothing.known" }, { prefix: OLDEST });
    const elsewhere = await bury(
      { v: 1, type: "task.finalize", task_id: "tsk_none" },
      { queue: "enrichment", prefix: OLDEST },
    );
    const redrive = async (body: object) => {
      const headers = { "content-type": "application/json" };
      const given = { ...POST, headers, body: JSON.stringify(body) };
      const response = await world.request(`${ADMIN}/dead-letters/redrive`, given);
      return [response.status, await response.json()];
    };
    expect(await redrive({ queue: "events", limit: 5 })).toEqual([200, { redriven: 5, skipped: 0 }]);
    expect(await redrive({ queue: "events", limit: 7 })).toEqual([200, { redriven: 7, skipped: 0 }]);
    expect([await letterStatus(unreadable), await letterStatus(elsewhere)]).toEqual(["open", "open"]);
    expect(await redrive({ limit: 1 })).toEqual([200, { redriven: 1, skipped: 0 }]);
    expect(await letterStatus(elsewhere)).toBe("redriven");
    expect((await redrive({ limit: 1_001 }))[0]).toBe(400);
    expect((await redrive({ queue: "dead-letter" }))[0]).toBe(400);
    await eventually(async () => {
      for (const { id } of notices) expect(await inboundStatus(id)).toBe("processed");
    });
  });

  test("that can't be read take no room among those that are sent again, however many and whatever they say", async () => {
    const world = await mintWorld();
    const odd = [
      { v: 2, type: "webhook.deliver", delivery_id: "dlv_none" },
      { v: 1, type: "webhook.deliver" },
      ...Array.from({ length: 99 }, () => ({ v: 2, type: "event.published", event_id: "evt_none" })),
    ];
    const unreadable: string[] = [];
    for (const body of odd) unreadable.push(await bury(body, { prefix: OLDEST }));
    const good = await bury({ v: 1, type: "webhook.deliver", delivery_id: "dlv_none" }, { prefix: OLDEST });
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify({ queue: "events", limit: 1 });
    const response = await world.request(`${ADMIN}/dead-letters/redrive`, { ...POST, headers, body });
    expect([response.status, await response.json()]).toEqual([200, { redriven: 1, skipped: 0 }]);
    expect(await letterStatus(good)).toBe("redriven");
    await database().query("delete from dead_letters where id = any($1)", [unreadable]);
  });

  test("of a chunk try its rows again as a child task: what has ended stays ended", async () => {
    const operator = await mintWorld();
    const customer = await mintWorld();
    const parent = unique("tsk").replace(/[^0-9A-Za-z_]/g, "");
    const found = RESERVED_SIRENS.complete;
    await database().query(
      `insert into tasks (id, organisation_id, type, mode, status, actor_kind, sources, rows, distinct_rows, created_at)
       values ($1, $2, 'batch', 'test', 'completed', 'key', '{recherche_entreprises}', 5, 5, now())`,
      [parent, customer.organisationId],
    );
    await database().query(
      `insert into task_rows (task_id, row_no, line, input, siren, chunk, outcome, reason, ended_at)
       select $1, n, n + 1, $2, $2, case when n < 5 then 0 else 1 end, o, r, now()
       from (values (1, 'enriched', null), (2, 'upstream_error', 'dead_letter'), (3, 'upstream_error', 'bodacc:busy'),
         (4, 'upstream_error', 'dead_letter'), (5, 'upstream_error', 'dead_letter')) as rows (n, o, r)`,
      [parent, found],
    );
    const before = await rowsOf(parent);
    const id = await bury({ v: 1, type: "task.chunk", task_id: parent, chunk: 0 }, { queue: "enrichment" });
    const response = await operator.request(`${ADMIN}/dead-letters/${id}/redrive`, POST);
    expect(response.status).toBe(202);
    const { task_id: child } = z.object({ task_id: z.string() }).parse(await response.json());
    await eventually(async () => {
      const [task] = await database().query("select * from tasks where id = $1", [child]);
      expect(task).toMatchObject({ status: "completed", parent_id: parent, rows: 2, mode: "test" });
      expect(task?.["organisation_id"]).toBe(customer.organisationId);
    });
    expect(await rowsOf(child)).toMatchObject([
      { row_no: 1, line: 3, outcome: "enriched" },
      { row_no: 2, line: 5, outcome: "enriched" },
    ]);
    expect(await rowsOf(parent)).toEqual(before);
    expect(await audited(customer, "task.retried")).toEqual([child]);
    expect(await audited(operator, "dead_letter.redriven")).toEqual([id]);
    const again = await operator.request(`${ADMIN}/dead-letters/${id}/redrive`, POST);
    expect(await problemOf(again)).toEqual([409, "dead_letters.not_open"]);
  });
});
