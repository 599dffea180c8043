import { env } from "cloudflare:workers";
import { z } from "zod";
import { expect, test, vi } from "vitest";
import { DEFAULT_COLUMNS, EXPORT_COLUMNS } from "../../../src/domain/exports/columns.ts";
import { EXPORT_FAULTS } from "../../../src/http/fault-texts/exports.ts";
import { Problem } from "../../../src/http/problem.ts";
import { hex } from "../../../src/lib/hex.ts";
import { mintKey, mintWorld, send, type World } from "../../support/world.ts";
import { mintTask, mintTestKey } from "../jobs/task-world.ts";
import {
  auditOf,
  type Caller,
  mintCompanies,
  mintExport,
  mintList,
  order,
  post,
  statusOf,
} from "./export-world.ts";

const CSV = { format: "csv", columns: ["siren", "nom_entreprise"] };

async function completed(caller: Caller, id: string) {
  return vi.waitFor(
    async () => {
      const status = await statusOf(caller, id);
      expect(status.status).toBe("completed");
      return status;
    },
    { timeout: 20_000, interval: 200 },
  );
}

/** Exports that the queue never hears of: nothing else has them. */
async function exportsOf({ database, organisationId }: World): Promise<Record<string, unknown>[]> {
  return database.query("select * from exports where organisation_id = $1 order by id", [organisationId]);
}

async function problemOf(response: Response): Promise<[number, string]> {
  return [response.status, Problem.parse(await response.json()).code];
}

async function testCaller({ organisationId, request }: World): Promise<Caller> {
  const key = await mintTestKey(organisationId);
  return {
    request: async (path, init = {}) => {
      const headers = new Headers(init.headers);
      headers.set("authorization", `Bearer ${key}`);
      return request(path, { ...init, headers });
    },
  };
}

test("an order becomes a file: accepted, made, fetched by its link, and told in the audit", async () => {
  const world = await mintWorld();
  const sirens = (await mintCompanies(3, "Ateliers Élan")).toSorted();
  const list_id = await mintList(world, sirens);
  const response = await post(world, "/api/v2/exports", { ...CSV, list_id });
  expect([response.status, response.headers.get("cache-control")]).toEqual([202, "no-store"]);
  const accepted: Record<string, unknown> = await response.json();
  const id = String(accepted["export_id"]);
  const url = `/api/v2/exports/${id}/status`;
  expect(response.headers.get("location")).toBe(url);
  expect(accepted).toEqual({
    export_id: expect.stringMatching(/^exp_\w+$/),
    status: "queued",
    format: "csv",
    estimated_rows: 3,
    created_at: expect.any(String),
    expires_at: null,
    status_url: url,
    progress_url: url,
    reused: false,
  });
  const status = await completed(world, id);
  expect(status).toMatchObject({
    rows: 3,
    percent: 100,
    mode: "live",
    selection: { kind: "list", list_id },
    columns: CSV.columns,
    counts: null,
    failure: null,
  });
  const file = await send(
    new Request(status.download_url ?? "", { headers: { "cf-connecting-ip": "198.51.100.9" } }),
  );
  const bytes = await file.arrayBuffer();
  expect([file.status, bytes.byteLength]).toEqual([200, status.bytes]);
  expect(hex(await crypto.subtle.digest("SHA-256", bytes))).toBe(status.digest);
  const lines = new TextDecoder().decode(bytes).trim().split("\r\n");
  expect(lines.map((line) => line.slice(0, 9))).toEqual(["siren,nom", ...sirens]);
  expect((await auditOf(world, id)).map(({ action }) => action).sort()).toEqual([
    "export.created",
    "export.downloaded",
  ]);
});

test("at once, the same bytes come without a trace in the history", async () => {
  const world = await mintWorld();
  const list_id = await mintList(world, await mintCompanies(20, '=2+5; "Élan"\n'));
  for (const format of ["csv", "ndjson", "xlsx", "sql"]) {
    const wanted = { format, columns: CSV.columns, list_id };
    const now = await post(world, "/api/v2/exports?sync=true", wanted);
    expect(now.status).toBe(200);
    const bytes = await now.arrayBuffer();
    const sha256 = await crypto.subtle.digest("SHA-256", bytes);
    const field = `sha-256=:${btoa(String.fromCharCode(...new Uint8Array(sha256)))}:`;
    expect(Object.fromEntries(now.headers)).toMatchObject({
      "content-disposition": expect.stringMatching(/^attachment; filename="companies-\d{4}-\d\d-\d\d\.\w+"$/),
      "content-length": String(bytes.byteLength),
      "content-digest": field,
      "repr-digest": field,
      "x-row-count": "20",
      "cache-control": "no-store",
    });
    const { export_id } = await order(world, wanted);
    const { digest } = await completed(world, export_id);
    expect([format, digest]).toEqual([format, hex(sha256)]);
  }
  const streamed = await auditOf(world, null);
  expect(streamed.map(({ action, details }) => [action, details["rows"]])).toEqual(
    ["csv", "ndjson", "xlsx", "sql"].map(() => ["export.streamed", 20]),
  );
  expect(await exportsOf(world)).toHaveLength(4);
}, 60_000);

test("more than a thousand companies are refused at once, and a thousand are not", async () => {
  const world = await mintWorld();
  const sirens = await mintCompanies(1_001, "Mille et une");
  const [all, thousand] = [await mintList(world, sirens), await mintList(world, sirens.slice(1))];
  const refused = await post(world, "/api/v2/exports?sync=true", { ...CSV, list_id: all });
  expect(await problemOf(refused)).toEqual([422, "exports.too_large_for_sync"]);
  expect(await auditOf(world, null)).toEqual([]);
  const answered = await post(world, "/api/v2/exports?sync=true", { ...CSV, list_id: thousand });
  expect([answered.status, answered.headers.get("x-row-count")]).toEqual([200, "1000"]);
});

const AIRTABLE = { base_id: "appA1b2C3d4E5f6G7", table: "Companies", token: "pat.secret" };

test.each([
  [{}, ["/format"]],
  [{ format: "csv" }, [""]],
  [{ format: "csv", filter: {}, list_id: "lst_1" }, [""]],
  [{ format: "exel", filter: {} }, ["/format"]],
  [{ format: "csv", filter: { ca_mni: 1 } }, ["/filter/ca_mni"]],
  [{ format: "csv", filter: { ca_min: 5, ca_max: 1 } }, ["/filter/ca_min"]],
  [{ format: "csv", filter: {}, columns: ["siren", "chiffre_afaires"] }, ["/columns/1"]],
  [{ format: "csv", filter: {}, columns: ["ville", "siren", "ville"] }, ["/columns/2"]],
  [{ format: "csv", filter: {}, columns: [] }, ["/columns"]],
  [{ format: "csv", filter: {}, delimiter: "\t" }, ["/delimiter"]],
  [{ format: "xlsx", filter: {}, delimiter: ";", bom: true }, ["/delimiter", "/bom"]],
  [{ format: "csv", filter: {}, airtable: AIRTABLE }, ["/airtable"]],
  [{ format: "airtable", filter: {} }, ["/airtable"]],
  [{ format: "airtable", filter: {}, airtable: { ...AIRTABLE, base_id: "x" } }, ["/airtable/base_id"]],
  [{ format: "airtable", filter: {}, airtable: { ...AIRTABLE, table: ".." } }, ["/airtable/table"]],
  [{ format: "airtable", filter: {}, airtable: { ...AIRTABLE, token: "a b" } }, ["/airtable/token"]],
  [{ format: "csv", filter: {}, sync: true }, ["/sync"]],
  [{ format: "csv", filter: {}, limit: 10 }, ["/limit"]],
  [{ format: "csv", filter: {}, fresh: "yes" }, ["/fresh"]],
  [{ format: "csv", filter: {}, task_id: 3 }, ["/task_id"]],
])("%j is refused, naming what and how to mend it", async (body, pointers) => {
  const world = await mintWorld();
  for (const query of ["", "?sync=true"]) {
    const response = await post(world, `/api/v2/exports${query}`, body);
    const { status, errors = [] } = Problem.parse(await response.json());
    expect([status, errors.map(({ pointer }) => pointer)]).toEqual([400, pointers]);
    for (const { message, fix } of errors) expect([message, fix]).not.toContain("");
  }
  expect(await exportsOf(world)).toEqual([]);
});

test("a column with a slip proposes the one that was meant", async () => {
  const world = await mintWorld();
  const body = { format: "csv", filter: {}, columns: ["chiffre_afaires"] };
  const response = await post(world, "/api/v2/exports", body, { "accept-language": "en" });
  const [error] = Problem.parse(await response.json()).errors ?? [];
  expect(error?.fix).toContain("Did you mean `chiffre_affaires`?");
});

test.each([
  [{ format: "airtable", filter: {}, airtable: AIRTABLE }, {}, "query", "/sync"],
  [{ format: "csv", filter: {}, fresh: true }, {}, "body", "/fresh"],
  [{ format: "csv", filter: {} }, { "idempotency-key": "k1" }, "header", "/Idempotency-Key"],
] as const)("what makes no sense at once is refused: %j", async (body, headers, place, pointer) => {
  const response = await post(await mintWorld(), "/api/v2/exports?sync=true", body, headers);
  const { status, errors = [] } = Problem.parse(await response.json());
  expect([status, errors.map((error) => [error.in, error.pointer])]).toEqual([400, [[place, pointer]]]);
});

test("every fault of these routes has its words in both languages", () => {
  for (const words of Object.values(EXPORT_FAULTS))
    for (const { message, fix } of Object.values(words)) expect(message !== "" && fix !== "").toBe(true);
});

test("tasks, lists and exports of others, and of the other mode, do not exist", async () => {
  const [world, stranger] = [await mintWorld(), await mintWorld()];
  const tester = await testCaller(world);
  const [list_id, testList] = [await mintList(world, []), await mintList(world, [], "test")];
  const task_id = await mintTask(world, [{ outcome: "enriched" }], { status: "completed" });
  const { id } = await mintExport(world);
  for (const [caller, selection] of [
    [stranger, { list_id }],
    [stranger, { task_id }],
    [tester, { list_id }],
    [tester, { task_id }],
    [world, { list_id: testList }],
    [world, { list_id: "lst_none" }],
    [world, { task_id: "tsk_none" }],
    [world, { list_id: "lst_\u0000" }],
    [world, { task_id: "\uD800" }],
    [world, { list_id: "" }],
  ] as const)
    for (const query of ["", "?sync=true"]) {
      const response = await post(caller, `/api/v2/exports${query}`, { format: "csv", ...selection });
      expect(await problemOf(response)).toEqual([404, "resource.not_found"]);
    }
  for (const caller of [stranger, tester]) {
    expect(await problemOf(await caller.request(`/api/v2/exports/${id}/status`))).toEqual([
      404,
      "resource.not_found",
    ]);
    expect((await post(caller, `/api/v2/exports/${id}/cancel`)).status).toBe(404);
    expect(await (await caller.request("/api/v2/exports")).json()).toEqual({
      data: [],
      next_cursor: null,
      has_more: false,
    });
  }
  for (const odd of ["none", "exp_none", "%20", "..%2F"])
    expect((await world.request(`/api/v2/exports/${odd}/status`)).status).toBe(404);
  const viewer = await mintKey(world.organisationId, { scopes: ["companies:read"] });
  const headers = { authorization: `Bearer ${viewer}` };
  for (const path of ["", `/${id}/status`])
    expect((await world.request(`/api/v2/exports${path}`, { headers })).status).toBe(403);
  // A file says what reading companies says.
  const writer = await mintKey(world.organisationId, { scopes: ["exports:write"] });
  for (const path of ["", `/${id}/status`]) {
    const refused = await world.request(`/api/v2/exports${path}`, {
      headers: { authorization: `Bearer ${writer}` },
    });
    expect([refused.status, await refused.json()]).toEqual([
      403,
      expect.objectContaining({ code: "auth.scope_missing", scope: "companies:read" }),
    ]);
  }
  expect((await world.request("/api/v2/exports/columns", { headers })).status).toBe(200);
});

test("twenty orders of the same export at once make one, and a repeat later gets it too", async () => {
  const world = await mintWorld();
  const list_id = await mintList(world, await mintCompanies(2, "Même ordre"));
  const wanted = { format: "csv", list_id };
  const orders = await Promise.all(Array.from({ length: 20 }, async () => order(world, wanted)));
  const ids = new Set(orders.map(({ export_id }) => export_id));
  expect([ids.size, orders.filter(({ reused }) => !reused).length]).toEqual([1, 1]);
  const [id = ""] = ids;
  await completed(world, id);
  // The defaults written out, in another order, are the same order.
  const spelled = { list_id, columns: DEFAULT_COLUMNS, bom: false, delimiter: ",", format: "csv" };
  const again = await order(world, spelled);
  expect([again.export_id, again.reused, again.status]).toEqual([id, true, "completed"]);
  expect(again.expires_at).not.toBeNull();
  expect(await exportsOf(world)).toHaveLength(1);
  const actions = (await auditOf(world, id)).map(({ action }) => action).toSorted();
  expect(actions).toEqual(["export.created", ...Array.from({ length: 20 }, () => "export.reused")]);
});

test("another order, a changed list, `fresh`, half an hour, or a file that is gone: a new export", async () => {
  const world = await mintWorld();
  const sirens = await mintCompanies(3, "Presque pareil");
  const list_id = await mintList(world, sirens.slice(1));
  const wanted = { ...CSV, list_id };
  const first = await order(world, wanted);
  const isNew = async (body: object): Promise<string> => {
    const { export_id, reused } = await order(world, body);
    expect(reused).toBe(false);
    await completed(world, export_id);
    return export_id;
  };
  await completed(world, first.export_id);
  await isNew({ ...wanted, delimiter: ";" });
  await isNew({ ...wanted, columns: ["siren", "ville"] });
  await isNew({ ...wanted, format: "ndjson" });
  const fresh = await isNew({ ...wanted, fresh: true });
  expect(await order(world, wanted)).toMatchObject({ export_id: fresh, reused: true });
  await world.database.query("insert into list_companies (list_id, siren, added_at) values ($1, $2, now())", [
    list_id,
    sirens[0],
  ]);
  const changed = await isNew(wanted);
  await world.database.query(
    "update exports set created_at = created_at - interval '31 minutes' where id = $1",
    [changed],
  );
  const later = await isNew(wanted);
  await world.database.query("update exports set status = 'expired', object_key = null where id = $1", [
    later,
  ]);
  await isNew(wanted);
}, 60_000);

test("a task that runs is exported as far as it is, each time anew; one that has ended only once", async () => {
  const world = await mintWorld();
  const [siren = ""] = await mintCompanies(1, "Tâche");
  const rows = [{ outcome: "enriched", siren }, { outcome: "not_found" }, { outcome: null }] as const;
  const running = { ...CSV, task_id: await mintTask(world, [...rows]) };
  const [one, two] = [await order(world, running), await order(world, running)];
  expect([one.estimated_rows, one.reused, two.reused]).toEqual([1, false, false]);
  const ended = {
    ...CSV,
    task_id: await mintTask(world, rows.slice(0, 2), { status: "completed" }),
  };
  const [three, four] = [await order(world, ended), await order(world, ended)];
  expect([three.reused, four.reused]).toEqual([false, true]);
  for (const { export_id } of [one, three]) expect((await completed(world, export_id)).rows).toBe(1);
});

test("five exports may be open, the sixth waits", async () => {
  const world = await mintWorld();
  const open = [];
  for (let n = 0; n < 5; n++) open.push(await mintExport(world, { status: n === 0 ? "queued" : "running" }));
  const list_id = await mintList(world, []);
  const response = await post(world, "/api/v2/exports", { ...CSV, list_id });
  expect(await problemOf(response)).toEqual([409, "exports.too_many"]);
  // Those of test keys count apart.
  await order(await testCaller(world), { format: "csv", filter: {} });
  expect((await post(world, `/api/v2/exports/${open[0]?.id}/cancel`)).status).toBe(200);
  await order(world, { ...CSV, list_id });
});

test("the same order under one Idempotency-Key is one export, whose answer is repeated", async () => {
  const world = await mintWorld();
  const body = { ...CSV, list_id: await mintList(world, []), fresh: true };
  const key = { "idempotency-key": crypto.randomUUID() };
  const [one, two] = [await order(world, body, key), await order(world, body, key)];
  expect(two).toEqual(one);
  expect(await exportsOf(world)).toHaveLength(1);
});

test("an open export is cancelled, once and for all; an ended one can't be", async () => {
  const world = await mintWorld();
  for (const status of ["queued", "running"] as const) {
    const { id } = await mintExport(world, { status });
    const first = await post(world, `/api/v2/exports/${id}/cancel`);
    const body = await first.json();
    expect([first.status, body]).toEqual([
      200,
      expect.objectContaining({ export_id: id, status: "cancelled", download_url: null }),
    ]);
    const again = await post(world, `/api/v2/exports/${id}/cancel`);
    expect([again.status, await again.json()]).toEqual([200, body]);
    expect((await auditOf(world, id)).map(({ action }) => action)).toEqual(["export.cancelled"]);
    const [row] = await world.database.query("select secret from exports where id = $1", [id]);
    expect(row?.["secret"]).toBeNull();
  }
  for (const status of ["completed", "failed", "expired"] as const) {
    const { id, key } = await mintExport(world, { status });
    const refused = await post(world, `/api/v2/exports/${id}/cancel`);
    expect(await problemOf(refused)).toEqual([409, "exports.not_cancellable"]);
    expect((await env.EXPORTS.head(key)) !== null).toBe(status === "completed");
  }
});

const Page = z.object({
  data: z.array(z.looseObject({ export_id: z.string(), status: z.string(), percent: z.number().nullable() })),
  next_cursor: z.string().nullable(),
  has_more: z.boolean(),
});

test("the history is paged from the newest on, narrowed by status and format, and tells how far each is", async () => {
  const world = await mintWorld();
  const at = Date.now() - 60_000;
  const minted = [
    await mintExport(world, { at: at + 1 }),
    await mintExport(world, { at: at + 2, status: "running", rows: 1, format: "sql" }),
    await mintExport(world, { at: at + 3, status: "running", rows: 9, format: "xlsx" }),
    await mintExport(world, { at: at + 4, status: "running", estimated: null }),
    await mintExport(world, { at: at + 5, status: "failed", rows: 2, mode: "test" }),
  ];
  const newest = minted.map(({ id }) => id).toReversed();
  const read = async (query: string) =>
    Page.parse(await (await world.request(`/api/v2/exports?${query}`)).json());
  const seen: string[] = [];
  let cursor = "";
  for (;;) {
    const page = await read(`limit=2${cursor}`);
    seen.push(...page.data.map(({ export_id }) => export_id));
    expect(page.has_more).toBe(page.next_cursor !== null);
    if (page.next_cursor === null) break;
    cursor = `&cursor=${page.next_cursor}`;
  }
  expect(seen).toEqual(newest);
  const all = await read("");
  expect(all.data.map(({ percent }) => percent)).toEqual([50, null, 99, 25, 100]);
  expect((await read("status=running")).data).toHaveLength(3);
  expect((await read("status=running&format=sql")).data.map(({ export_id }) => export_id)).toEqual([
    newest[3],
  ]);
  for (const query of ["cursor=tsk_1", "status=runing", "limit=201", "sort=name"])
    expect((await world.request(`/api/v2/exports?${query}`)).status).toBe(400);
});

test("the dictionary lists every column, in the language of the reader", async () => {
  const world = await mintWorld();
  const [french, english] = await Promise.all(
    ["fr", "en"].map(async (language) => {
      const headers = { "accept-language": language };
      const response = await world.request("/api/v2/exports/columns", { headers });
      expect(response.headers.get("content-language")).toBe(language);
      return response.json();
    }),
  );
  for (const [language, answer] of [
    ["fr", french],
    ["en", english],
  ] as const)
    expect(answer).toEqual({
      data: EXPORT_COLUMNS.map((column) => ({ ...column, description: column.description[language] })),
    });
});

test("a test key exports invented companies, and nobody else's", async () => {
  const tester = await testCaller(await mintWorld());
  const response = await post(tester, "/api/v2/exports?sync=true", {
    format: "csv",
    filter: {},
    columns: ["siren"],
  });
  expect([response.status, response.headers.get("x-mode")]).toEqual([200, "test"]);
  const [, ...sirens] = (await response.text()).trim().split("\r\n");
  expect(sirens.length).toBeGreaterThan(0);
  for (const siren of sirens) expect(siren).toMatch(/^999000\d{3}$/);
});

test("a token for Airtable is kept sealed, and said to nobody", async () => {
  const world = await mintWorld();
  const list_id = await mintList(world, []);
  const token = `pat${crypto.randomUUID()}`;
  const { export_id } = await order(world, { format: "airtable", list_id, airtable: { ...AIRTABLE, token } });
  const status = await statusOf(world, export_id);
  const audit = await auditOf(world, export_id);
  expect(JSON.stringify([await exportsOf(world), status, audit])).not.toContain(token);
});
