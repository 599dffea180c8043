import { parse } from "csv-parse/sync";
import { env } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { retryTask } from "../../../src/domain/jobs/retry-task.ts";
import { OUTCOMES, type Outcome } from "../../../src/domain/jobs/task.ts";
import { TaskResultRow, TaskStatus, TaskSummary } from "../../../src/http/routes/tasks/schema.ts";
import { TaskAccepted } from "../../../src/http/task-accepted.ts";
import type { KeyScope } from "../../../src/domain/accounts/principal.ts";
import { newId } from "../../../src/lib/new-id.ts";
import { randomBytes } from "../../../src/lib/random-bytes.ts";
import { buildServices } from "../../../src/services.ts";
import { mintOwner } from "../../support/members.ts";
import { mintKey, mintWorld, send, type World } from "../../support/world.ts";
import { countsOf, type MintedRow, mintTask, mintTestKey, repeat } from "./task-world.ts";

const Page = z.object({
  data: z.array(z.unknown()),
  next_cursor: z.string().nullable(),
  has_more: z.boolean(),
});
const Selected = TaskResultRow.extend({ company: z.looseObject({}).optional() });

async function get(world: World, path: string, headers: Record<string, string> = {}): Promise<Response> {
  return world.request(path, { headers });
}

async function post(world: World, path: string, headers: Record<string, string> = {}): Promise<Response> {
  return world.request(path, { method: "POST", headers });
}

async function refusal(response: Response): Promise<[number, unknown]> {
  const { code } = z.object({ code: z.string() }).parse(await response.json());
  return [response.status, code];
}

/** Every page of a list. */
async function pages(world: World, path: string): Promise<unknown[][]> {
  const all: unknown[][] = [];
  let cursor = "";
  do {
    const response = await get(
      world,
      `${path}${cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`}`,
    );
    expect([response.status, response.headers.get("cache-control")]).toEqual([200, "no-store"]);
    const { data, next_cursor, has_more } = Page.parse(await response.json());
    expect(has_more).toBe(next_cursor !== null);
    all.push(data);
    cursor = next_cursor ?? "";
  } while (cursor !== "");
  return all;
}

async function listed(world: World, query: string): Promise<string[]> {
  const all = await pages(world, `/api/v2/tasks?${query}`);
  return all.flat().map((task) => TaskSummary.parse(task).task_id);
}

async function statusOf(world: World, id: string): Promise<z.infer<typeof TaskStatus>> {
  return TaskStatus.parse(await (await get(world, `/api/v2/tasks/${id}/status`)).json());
}

const Act = z.object({ resource: z.unknown(), details: z.unknown() });

async function audits(world: World, action: string): Promise<unknown[]> {
  const all = await pages(world, `/api/v2/audit-logs?action=${action}`);
  return all.flat().map((entry) => Act.parse(entry));
}

/** The client of the pool warns of types that it does not know for text. */
async function textOf(response: Response): Promise<string> {
  return new TextDecoder().decode(await response.arrayBuffer());
}

test("an organisation lists its tasks, newest first, by status and type, in pages", async () => {
  const [world, stranger] = [await mintWorld(), await mintWorld()];
  const now = Date.now();
  const mint = async (index: number, more: Parameters<typeof mintTask>[2]): Promise<string> =>
    mintTask(world, [{ outcome: "enriched" }], { at: now + index, ...more });
  const ids = [
    await mint(0, { status: "completed" }),
    await mint(1, { type: "enrich" }),
    await mint(2, { status: "completed", mode: "test" }),
  ].toReversed();
  await mintTask(stranger, [{ outcome: null }]);
  expect(await listed(world, "limit=2")).toEqual(ids);
  expect(await listed(world, "status=completed")).toEqual([ids[0], ids[2]]);
  expect(await listed(world, "type=enrich&status=running")).toEqual([ids[1]]);
  expect((await get(world, "/api/v2/tasks?cursor=hello")).status).toBe(400);
  expect((await get(world, "/api/v2/tasks?status=done")).status).toBe(400);
});

test("a test key sees, cancels and retries the tasks of test keys, and no other", async () => {
  const world = await mintWorld();
  const authorization = `Bearer ${await mintTestKey(world.organisationId)}`;
  const asTest: World = {
    ...world,
    request: async (path, init) => world.request(path, { ...init, headers: { authorization } }),
  };
  const rows = repeat(1, { outcome: "rate_limited" });
  const live = await mintTask(world, rows, { status: "completed" });
  const own = await mintTask(world, rows, { status: "completed", mode: "test" });
  expect(await listed(asTest, "")).toEqual([own]);
  expect((await get(asTest, `/api/v2/tasks/${own}/status`)).status).toBe(200);
  for (const path of ["status", "events", "result"])
    expect(await refusal(await get(asTest, `/api/v2/tasks/${live}/${path}`))).toEqual([
      404,
      "resource.not_found",
    ]);
  for (const path of ["cancel", "retry"])
    expect(await refusal(await post(asTest, `/api/v2/tasks/${live}/${path}`))).toEqual([
      404,
      "resource.not_found",
    ]);
});

test("progress is for those who may enrich or read: other keys, and people who must enrol first, are refused", async () => {
  const owner = await mintOwner();
  const id = await mintTask(owner, repeat(1, { outcome: "rate_limited" }), { status: "completed" });
  const paths = ["/api/v2/tasks", ...["status", "events"].map((one) => `/api/v2/tasks/${id}/${one}`)];
  const key = async (scopes: KeyScope[]) => {
    const authorization = `Bearer ${await mintKey(owner.organisationId, { scopes })}`;
    return async (path: string) =>
      send(new Request(`https://api.test${path}`, { headers: { authorization } }));
  };
  for (const scope of ["companies:read", "enrich:write"] as const) {
    const ask = await key([scope]);
    for (const path of paths) expect([path, (await ask(path)).status]).toEqual([path, 200]);
  }
  const unrelated = await key(["usage:read", "webhooks:write"]);
  for (const path of [...paths, `/api/v2/tasks/${id}/socket`])
    expect([path, ...(await refusal(await unrelated(path)))]).toEqual([path, 403, "auth.scope_missing"]);
  expect((await owner.request("PATCH", "/api/v2/organisation", { mfa_required: true })).status).toBe(200);
  for (const path of [...paths, `/api/v2/tasks/${id}/socket`])
    expect([path, ...(await refusal(await owner.request("GET", path)))]).toEqual([
      path,
      403,
      "auth.mfa_enrolment_required",
    ]);
});

test("another organisation's task is unknown, running or not, and stays as it is", async () => {
  const [world, stranger] = [await mintWorld(), await mintWorld()];
  const open = await mintTask(stranger, repeat(2, { outcome: null }));
  const ended = await mintTask(stranger, repeat(2, { outcome: "upstream_error" }), { status: "completed" });
  await get(stranger, `/api/v2/tasks/${open}/status`);
  for (const id of [open, ended, "tsk_nobody", "hello", "%00"]) {
    for (const path of ["status", "events", "result"])
      expect(await refusal(await get(world, `/api/v2/tasks/${id}/${path}`))).toEqual([
        404,
        "resource.not_found",
      ]);
    const socket = await get(world, `/api/v2/tasks/${id}/socket`, { upgrade: "websocket" });
    expect(await refusal(socket)).toEqual([404, "resource.not_found"]);
    for (const path of ["cancel", "retry"])
      expect(await refusal(await post(world, `/api/v2/tasks/${id}/${path}`))).toEqual([
        404,
        "resource.not_found",
      ]);
  }
  expect(await statusOf(stranger, open)).toMatchObject({ status: "running", cancel_requested_at: null });
  expect(await listed(stranger, "")).toHaveLength(2);
});

/** 450 rows of every outcome, some of them of a company that is stored, the others of one that nobody asked about. */
function mixedRows(siren: string, unstored: string): MintedRow[] {
  return Array.from({ length: 450 }, (_, index): MintedRow => {
    const outcome: Outcome = OUTCOMES[index % OUTCOMES.length] ?? "invalid";
    const reason = outcome === "enriched" ? null : `why, "${index}"`;
    return { outcome, reason, siren: outcome === "invalid" ? null : index % 3 === 0 ? siren : unstored };
  });
}

/** A line of NDJSON, whenever it was written. */
function agelessRow(text: string): unknown {
  const clocks = ["age_seconds", "computed_at"];
  const ageless = (name: string, value: unknown): unknown => (clocks.includes(name) ? undefined : value);
  return JSON.parse(text, ageless);
}

async function mintResult(world: World): Promise<{ id: string; rows: MintedRow[]; siren: string }> {
  const siren = world.siren();
  expect((await world.enrich({ siren })).status).toBe(200);
  const rows = mixedRows(siren, world.siren("unstored"));
  return { id: await mintTask(world, rows, { status: "completed", counts: countsOf(rows) }), rows, siren };
}

describe("result", () => {
  test("adds up to the rows of the file in pages, as NDJSON and as CSV", async () => {
    const world = await mintWorld();
    const { id, rows, siren } = await mintResult(world);
    const path = `/api/v2/tasks/${id}/result`;
    const all = (await pages(world, `${path}?limit=200`)).flat().map((row) => TaskResultRow.parse(row));
    expect(all.map(({ line }) => line)).toEqual(rows.map((_, index) => index + 2));
    expect(all.map(({ outcome, reason }) => ({ outcome, reason }))).toEqual(
      rows.map(({ outcome, reason }) => ({ outcome, reason })),
    );
    const withCompany = all.filter(({ company }) => company !== undefined);
    expect(withCompany.every((row) => row.siren === siren && row.company?.siren === siren)).toBe(true);
    expect(new Set(withCompany.map(({ outcome }) => outcome))).toEqual(new Set(["enriched", "partial"]));
    expect(withCompany[0]?.company?.contacts).toEqual([]);

    const streamed = await get(world, path, { accept: "application/x-ndjson" });
    expect(streamed.headers.get("content-disposition")).toBe(`attachment; filename="${id}.ndjson"`);
    const lines = (await textOf(streamed)).trimEnd().split("\n");
    expect(lines.map(agelessRow)).toEqual(all.map((row) => agelessRow(JSON.stringify(row))));

    const csv = await (await get(world, path, { accept: "text/csv" })).text();
    const records = z.array(z.record(z.string(), z.string())).parse(parse(csv, { columns: true }));
    expect(records.map(({ line, outcome, reason }) => [line, outcome, reason])).toEqual(
      all.map(({ line, outcome, reason }) => [String(line), outcome, reason ?? ""]),
    );
    const named = withCompany.find(({ outcome }) => outcome === "enriched");
    expect(records.find(({ line }) => line === String(named?.line))).toMatchObject({
      siren,
      nom_entreprise: named?.company?.nom_entreprise,
      ma_score: String(named?.company?.ma_score),
    });
  });

  test("can be narrowed to an outcome and to members, and written for a French spreadsheet", async () => {
    const world = await mintWorld();
    const { id, rows } = await mintResult(world);
    const path = `/api/v2/tasks/${id}/result`;
    const partial = (
      await pages(world, `${path}?outcome=partial&limit=20&fields=siege.ville,ma_score`)
    ).flat();
    expect(partial).toHaveLength(countsOf(rows).partial);
    const members = partial.map((row) => Object.keys(Selected.parse(row).company ?? {}).sort());
    expect(new Set(members.map(String))).toEqual(new Set(["", "ma_score,siege"]));
    const query = `?outcome=enriched&fields=${encodeURIComponent("siege.ville,dirigeants.nom,siren")}&delimiter=%3B&bom=true`;
    const response = await get(world, `${path}${query}`, { accept: "text/csv" });
    const bytes = new Uint8Array(await response.arrayBuffer());
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    const [head, ...records] = z
      .array(z.array(z.string()))
      .parse(parse(new TextDecoder().decode(bytes), { delimiter: ";" }));
    expect(head).toEqual(["line", "input", "siren", "outcome", "reason", "siege.ville", "dirigeants.nom"]);
    expect(records).toHaveLength(countsOf(rows).enriched);
    expect(
      records.some(([, , , , , ville, nom]) => ville !== "" && Array.isArray(JSON.parse(nom || "0"))),
    ).toBe(true);
  });

  test("that was cut off is gone on with after the last line that came, in NDJSON and in CSV", async () => {
    const world = await mintWorld();
    const rows = Array.from({ length: 250 }, (_, index): MintedRow => ({
      outcome: index % 2 ? "cancelled" : "not_found",
    }));
    const id = await mintTask(world, rows, { status: "completed", counts: countsOf(rows) });
    const path = `/api/v2/tasks/${id}/result`;
    for (const [accept, query] of [
      ["application/x-ndjson", "?"],
      ["text/csv", "?bom=true&"],
      ["text/csv", "?outcome=not_found&"],
    ] as const) {
      const lines = (await textOf(await get(world, path + query, { accept }))).split(/(?<=\n)/);
      const came = lines.slice(0, 101).join("");
      const last = /^(?:\{"line":)?(\d+)/.exec(lines[100] ?? "")?.[1];
      const rest = await get(world, `${path}${query}after_line=${last}`, { accept });
      expect(came + (await textOf(rest))).toBe(lines.join(""));
    }
  });

  test("of a running task has the rows that have ended so far", async () => {
    const world = await mintWorld();
    const id = await mintTask(world, [
      { outcome: "not_found" },
      { outcome: null },
      { outcome: "invalid", siren: null },
    ]);
    const [rows = []] = await pages(world, `/api/v2/tasks/${id}/result?limit=10`);
    expect(rows.map((row) => TaskResultRow.parse(row).line)).toEqual([2, 4]);
    const empty = await mintTask(world, [{ outcome: null }]);
    const nothing = await get(world, `/api/v2/tasks/${empty}/result`, { accept: "application/x-ndjson" });
    expect(await textOf(nothing)).toBe("");
  });

  test("of a test task has the invented companies", async () => {
    const world = await mintWorld();
    const rows: MintedRow[] = [
      { outcome: "enriched", siren: "999000094" },
      { outcome: "partial", siren: "999000011" },
      { outcome: "not_found", siren: "999000003" },
    ];
    const id = await mintTask(world, rows, { mode: "test", status: "completed", counts: countsOf(rows) });
    const [page = []] = await pages(world, `/api/v2/tasks/${id}/result?limit=10`);
    const found = page.map((row) => TaskResultRow.parse(row).company?.siren);
    expect(found).toEqual(["999000094", "999000011", undefined]);
  });

  test.each([
    ["a cursor of another filter", "outcome=partial", "cursor"],
    ["pages of a stream", "limit=10", "limit", "text/csv"],
    ["a delimiter in JSON", "delimiter=%3B", "delimiter"],
    ["a byte order mark in NDJSON", "bom=true", "bom", "application/x-ndjson"],
    ["a line to go on after in JSON", "after_line=2", "after_line"],
    ["a line that there is not", "after_line=0", "after_line", "text/csv"],
    ["an outcome that there is not", "outcome=ok", "outcome"],
    ["a member that a company has not", "fields=nom", "fields"],
    ["more than fits a page", "limit=201", "limit"],
  ])("refuses %s", async (_, query, pointer, accept = "application/json") => {
    const world = await mintWorld();
    const id = await mintTask(world, repeat(3, { outcome: "partial" }), { status: "completed" });
    const path = `/api/v2/tasks/${id}/result`;
    const { next_cursor } = Page.parse(await (await get(world, `${path}?limit=1`)).json());
    const cursor = pointer === "cursor" ? `&cursor=${encodeURIComponent(next_cursor ?? "")}` : "";
    const response = await get(world, `${path}?${query}${cursor}`, { accept });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ in: "query", pointer: `/${pointer}` }] });
  });
});

describe("cancel", () => {
  test("ends the open rows and then the task, keeps what had ended, and is recorded once", async () => {
    const world = await mintWorld();
    const rows = [...repeat(60, { outcome: "enriched" }), ...repeat(70, { outcome: null })];
    const id = await mintTask(world, rows);
    const response = await post(world, `/api/v2/tasks/${id}/cancel`);
    const answered = TaskStatus.parse(await response.json());
    const counts = { ...countsOf(rows), cancelled: 70 };
    expect([response.status, answered.counts]).toEqual([200, counts]);
    expect(answered.cancel_requested_at).not.toBeNull();
    await vi.waitFor(async () => expect((await statusOf(world, id)).status).toBe("cancelled"), 15_000);
    expect((await statusOf(world, id)).counts).toEqual(counts);
    expect(await refusal(await post(world, `/api/v2/tasks/${id}/cancel`))).toEqual([
      409,
      "tasks.not_cancellable",
    ]);
    expect(await audits(world, "task.cancelled")).toEqual([{ resource: { kind: "task", id }, details: {} }]);
  });
});

test("to cancel again changes nothing and is no second act", async () => {
  const world = await mintWorld();
  const id = await mintTask(world, [{ outcome: null }]);
  await world.database.query("update tasks set cancel_requested_at = '2026-11-20T09:00:00Z' where id = $1", [
    id,
  ]);
  const response = await post(world, `/api/v2/tasks/${id}/cancel`);
  const { cancel_requested_at } = TaskStatus.parse(await response.json());
  expect([response.status, cancel_requested_at]).toEqual([200, "2026-11-20T09:00:00.000Z"]);
  expect(await audits(world, "task.cancelled")).toEqual([]);
});

test("a large task is cancelled as well, within the time of one statement", async () => {
  const world = await mintWorld();
  const id = await mintTask(world, repeat(20_000, { outcome: null }));
  const response = await post(world, `/api/v2/tasks/${id}/cancel`);
  expect([response.status, TaskStatus.parse(await response.json()).counts.cancelled]).toEqual([200, 20_000]);
});

const newIdOf = (prefix: string): string => newId(prefix, Date.now(), randomBytes);

/** The id of the child, for which nothing is sent: it stays open. */
async function retryUnsent({ organisationId }: World, parentId: string): Promise<string> {
  const { jobs, log } = buildServices(env);
  const principal = {
    organisationId,
    actor: { kind: "key", id: "key_test" },
    plan: "pro",
    mode: "live",
    scopes: new Set<string>(),
    since: 0,
    session: null,
  } as const;
  const origin = { address: null, userAgent: null, requestId: null };
  const actor = { principal, context: { origin, now: Date.now(), newId: newIdOf } };
  const deps = { ...jobs, log, queues: { send: async () => undefined } };
  const { task } = await retryTask(deps, actor, { parentId, taskId: newIdOf("tsk") });
  return task.id;
}

describe("retry", () => {
  test("tries the failed rows only, as a task of its own that runs to its end", async () => {
    const world = await mintWorld();
    const failed: MintedRow[] = [
      { outcome: "rate_limited", siren: "999000094", reason: "bodacc:busy" },
      { outcome: "upstream_error", siren: "999000003", reason: "bodacc:timeout" },
      { outcome: "cancelled", siren: "999000078", reason: "leading_zero_restored" },
    ];
    const rows: MintedRow[] = [
      { outcome: "enriched" },
      { outcome: "invalid", siren: null },
      ...failed,
      { outcome: "partial" },
    ];
    const sources = ["recherche_entreprises", "bodacc"] as const;
    const id = await mintTask(world, rows, { mode: "test", status: "completed", sources: [...sources] });
    const response = await post(world, `/api/v2/tasks/${id}/retry`, { "idempotency-key": "once" });
    const accepted = TaskAccepted.parse(await response.json());
    expect([response.status, response.headers.get("location")]).toEqual([202, accepted.progress_url]);
    const again = await post(world, `/api/v2/tasks/${id}/retry`, { "idempotency-key": "once" });
    expect(await again.json()).toEqual(accepted);
    const child = accepted.task_id;
    expect(await listed(world, "")).toHaveLength(2);
    await vi.waitFor(async () => expect((await statusOf(world, child)).status).toBe("completed"), 20_000);
    expect(await statusOf(world, child)).toMatchObject({ parent_id: id, mode: "test", rows: 3 });
    const [page = []] = await pages(world, `/api/v2/tasks/${child}/result?limit=10`);
    const found = page
      .map((row) => TaskResultRow.parse(row))
      .map(({ line, input, siren, reason }) => ({ line, input, siren, reason }));
    const reasons = [null, null, "leading_zero_restored"];
    expect(found).toEqual(
      failed.map(({ siren }, n) => ({ line: n + 4, input: `row ${n + 3}`, siren, reason: reasons[n] })),
    );
    expect(await audits(world, "task.retried")).toEqual([
      { resource: { kind: "task", id }, details: { task_id: child } },
    ]);
  });

  test("asked for again, also by several at once, is the task that tries these rows already, until that ends or is cancelled", async () => {
    const world = await mintWorld();
    const rows = repeat(60, { outcome: "upstream_error", siren: "999000094" });
    const id = await mintTask(world, rows, { mode: "test", status: "completed" });
    // As when an operator sends one dead chunk of it again.
    const part = await mintTask(world, repeat(10, { outcome: null }));
    await world.database.query("update tasks set parent_id = $2 where id = $1", [part, id]);
    const retry = async () => retryUnsent(world, id);
    const [first, ...others] = await Promise.all([retry(), retry(), retry(), retry()]);
    expect(new Set(others)).toEqual(new Set([first]));
    expect(first).not.toBe(part);
    expect(await listed(world, "")).toHaveLength(3);
    expect(await audits(world, "task.retried")).toHaveLength(1);
    const response = await post(world, `/api/v2/tasks/${id}/retry`);
    expect([response.status, TaskAccepted.parse(await response.json()).task_id]).toEqual([202, first]);
    await vi.waitFor(async () => expect((await statusOf(world, first)).status).toBe("completed"), 20_000);
    const second = await retry();
    expect([first, part]).not.toContain(second);
    expect((await post(world, `/api/v2/tasks/${second}/cancel`)).status).toBe(200);
    expect([first, second, part]).not.toContain(await retry());
  });

  test("keeps the chunks of 50 that every task has", async () => {
    const world = await mintWorld();
    const id = await mintTask(world, repeat(101, { outcome: "cancelled" }), {
      status: "cancelled",
      sources: ["bodacc"],
    });
    const { task_id } = TaskAccepted.parse(await (await post(world, `/api/v2/tasks/${id}/retry`)).json());
    const chunks = await world.database.query(
      "select chunk, min(row_no) as first, count(*)::int as n from task_rows where task_id = $1 group by 1 order by 1",
      [task_id],
    );
    expect(chunks).toEqual([
      { chunk: 0, first: 1, n: 50 },
      { chunk: 1, first: 51, n: 50 },
      { chunk: 2, first: 101, n: 1 },
    ]);
    await post(world, `/api/v2/tasks/${task_id}/cancel`);
  });

  test("waits for the end of the task, and needs a row that failed", async () => {
    const world = await mintWorld();
    const open = await mintTask(world, [{ outcome: "rate_limited" }, { outcome: null }]);
    expect(await refusal(await post(world, `/api/v2/tasks/${open}/retry`))).toEqual([409, "tasks.not_ended"]);
    const ended = await mintTask(world, [{ outcome: "enriched" }, { outcome: "invalid" }], {
      status: "completed",
    });
    expect(await refusal(await post(world, `/api/v2/tasks/${ended}/retry`))).toEqual([
      409,
      "tasks.nothing_to_retry",
    ]);
    expect(await audits(world, "task.retried")).toEqual([]);
  });
});
