import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { expect, test, vi } from "vitest";
import { RESERVED_SIRENS } from "../../../src/domain/companies/reserved-sirens.ts";
import worker from "../../../src/worker.ts";
import { forgetful } from "../../support/idempotency.ts";
import { mintWorld, type World } from "../../support/world.ts";
import {
  allPages,
  auditOf,
  call,
  type Caller,
  storeCompany,
  withMember,
  withTestKey,
} from "./pipeline-world.ts";

async function createList(caller: Caller, body: object = { name: "Nord" }): Promise<string> {
  const { status, json } = await call(caller, "POST", "/lists", { body });
  expect(status).toBe(201);
  return json.list_id;
}

/** Companies that nobody knows, as many as asked for, in a list. */
async function fill({ database }: World, listId: string, count: number): Promise<void> {
  await database.query(
    `insert into list_companies (list_id, siren, added_at)
     select $1, (100000000 + n)::text, now() from generate_series(1, $2::int) n`,
    [listId, count],
  );
}

test("a list is created, read, changed and deleted, and no record holds what it is called", async () => {
  const world = await mintWorld();
  const body = { name: "  Repreneurs du Nord ", description: "Pour Jeanne" };
  const created = await call(world, "POST", "/lists", { body });
  expect(created.status).toBe(201);
  expect(created.json).toEqual({
    list_id: expect.stringMatching(/^lst_/),
    name: "Repreneurs du Nord",
    description: "Pour Jeanne",
    watched: false,
    companies: 0,
    created_at: expect.any(String),
    updated_at: created.json.created_at,
    created_by: { kind: "key", id: expect.stringMatching(/^key_/), name: "test" },
  });
  const path = `/lists/${created.json.list_id}`;
  expect(created.headers.get("location")).toBe(`/api/v2${path}`);
  expect(created.headers.get("cache-control")).toBe("no-store");
  expect((await call(world, "GET", path)).json).toEqual(created.json);
  const changed = await call(world, "PATCH", path, { body: { watched: true, description: null } });
  expect(changed.json).toEqual({
    ...created.json,
    watched: true,
    description: null,
    updated_at: expect.any(String),
  });
  // Its own name, written otherwise, is nobody else's.
  const renamed = await call(world, "PATCH", path, { body: { name: "REPRENEURS du nord" } });
  expect(renamed.json).toMatchObject({ name: "REPRENEURS du nord", watched: true });
  expect((await call(world, "GET", "/lists")).json).toEqual({
    data: [renamed.json],
    next_cursor: null,
    has_more: false,
  });
  expect((await call(world, "DELETE", path)).status).toBe(204);
  for (const [method, rest] of [
    ["GET", ""] as const,
    ["DELETE", ""] as const,
    ["GET", "/companies"] as const,
  ]) {
    expect((await call(world, method, path + rest)).json.code).toBe("resource.not_found");
  }
  const { actions, acts, text } = await auditOf(world);
  expect(actions).toEqual([
    ["list.created", { watched: false }],
    ["list.changed", { changed: "description watched", watched: true }],
    ["list.changed", { changed: "name" }],
    ["list.deleted", {}],
  ]);
  expect(acts[0]?.resource).toEqual({ kind: "list", id: created.json.list_id });
  for (const told of ["Repreneurs", "REPRENEURS", "Jeanne"]) expect(text).not.toContain(told);
});

test("companies are added once, listed by SIREN with status and summary, and taken out", async () => {
  const world = await mintWorld();
  const id = await createList(world);
  const path = `/lists/${id}/companies`;
  const sirens = Array.from({ length: 5 }, (_, index) => world.siren(`company ${index}`));
  const [first = "", second = "", ...rest] = sirens;
  await storeCompany(world, first, "ATELIERS DURAND");
  await call(world, "PUT", `/companies/${second}/status`, { body: { status: "offre" } });
  const spaced = `${first.slice(0, 3)} ${first.slice(3, 6)} ${first.slice(6)}`;
  const added = await call(world, "POST", path, { body: { sirens: [first, second, spaced] } });
  expect([added.status, added.json]).toEqual([200, { added: 2, already_there: 1, companies: 2 }]);
  expect((await call(world, "POST", path, { body: { sirens } })).json).toEqual({
    added: 3,
    already_there: 2,
    companies: 5,
  });
  expect((await call(world, "POST", path, { body: { sirens: rest } })).json).toEqual({
    added: 0,
    already_there: 3,
    companies: 5,
  });
  expect(await allPages(world, `${path}?limit=2`, "siren")).toEqual(sirens.toSorted());
  const { data } = (await call(world, "GET", path)).json;
  const entry = (siren: string) => data.find((one: { siren: string }) => one.siren === siren);
  expect(entry(first)).toEqual({
    siren: first,
    added_at: expect.any(String),
    status: null,
    company: expect.objectContaining({ siren: first, nom_entreprise: "ATELIERS DURAND", ma_score: 71 }),
  });
  expect(entry(second)).toMatchObject({ status: "offre", company: null });
  for (const _ of [1, 2]) expect((await call(world, "DELETE", `${path}/${second}`)).status).toBe(204);
  expect((await call(world, "GET", `/lists/${id}`)).json.companies).toBe(4);
  const { actions } = await auditOf(world);
  expect(actions.slice(1)).toEqual([
    ["pipeline.status_set", { from: null, to: "offre" }],
    ["list.companies_added", { added: 2 }],
    ["list.companies_added", { added: 3 }],
    ["list.company_removed", { siren: second }],
  ]);
});

test("what is no SIREN is named by its place, and nothing is added", async () => {
  const world = await mintWorld();
  const path = `/lists/${await createList(world)}/companies`;
  const sirens = [world.siren(), "552032535", "55203253400646", "1234", 552032534];
  const refused = await call(world, "POST", path, { body: { sirens }, language: "en" });
  expect(refused.status).toBe(400);
  expect(refused.json.errors).toEqual([
    { in: "body", pointer: "/sirens/1", message: expect.any(String), fix: expect.stringMatching(/mistyped/) },
    {
      in: "body",
      pointer: "/sirens/2",
      message: expect.stringMatching(/SIRET/),
      fix: expect.stringMatching(/first 9/),
    },
    {
      in: "body",
      pointer: "/sirens/3",
      message: expect.any(String),
      fix: expect.stringMatching(/9 digits|leading/),
    },
    { in: "body", pointer: "/sirens/4", message: expect.any(String), fix: expect.stringMatching(/string/) },
  ]);
  expect((await call(world, "GET", path)).json.data).toEqual([]);
});

test("a list takes ten thousand companies and not one more, also when two add at once", async () => {
  const world = await mintWorld();
  const id = await createList(world);
  const path = `/lists/${id}/companies`;
  await fill(world, id, 9_998);
  const three = ["a", "b", "c"].map((label) => world.siren(label));
  const full = await call(world, "POST", path, { body: { sirens: three } });
  expect([full.status, full.json.code]).toEqual([409, "lists.full"]);
  expect((await call(world, "GET", `/lists/${id}`)).json.companies).toBe(9_998);
  const answers = await Promise.all(
    Array.from({ length: 6 }, async (_, index) =>
      call(world, "POST", path, { body: { sirens: [world.siren(`at once ${index}`)] } }),
    ),
  );
  const outcomes: string[] = answers.map(({ status, json }) =>
    status === 200 ? `${json.added} added` : json.code,
  );
  expect(outcomes.toSorted()).toEqual([
    "1 added",
    "1 added",
    "lists.full",
    "lists.full",
    "lists.full",
    "lists.full",
  ]);
  expect((await call(world, "GET", `/lists/${id}`)).json.companies).toBe(10_000);
  // What is there already needs no room.
  expect((await call(world, "POST", path, { body: { sirens: ["100000009"] } })).json.companies).toBe(10_000);
  const seen = await allPages(world, `${path}?limit=200`, "siren");
  expect(new Set(seen).size).toBe(10_000);
});

test("of two lists with one name, whatever its case, created at once there is one", async () => {
  const world = await mintWorld();
  const names = ["École", "ÉCOLE", "E\u0301cole", " école "];
  const answers = await Promise.all(
    names.map(async (name) => call(world, "POST", "/lists", { body: { name } })),
  );
  const outcomes: string[] = answers.map(({ status, json }) => (status === 201 ? "created" : json.code));
  expect(outcomes.toSorted()).toEqual(["created", ...Array.from({ length: 3 }, () => "lists.name_taken")]);
  const id = await createList(world, { name: "Autre" });
  const taken = await call(world, "PATCH", `/lists/${id}`, { body: { name: "école", watched: true } });
  expect([taken.status, taken.json.code]).toEqual([409, "lists.name_taken"]);
  expect((await call(world, "GET", `/lists/${id}`)).json).toMatchObject({ name: "Autre", watched: false });
  // Neither another organisation nor the other mode is in its way.
  await createList(await mintWorld(), { name: "École" });
  await createList(await withTestKey(world), { name: "École" });
});

test("an organisation has two hundred lists at most, newest first page by page", async () => {
  const world = await mintWorld();
  await world.database.query(
    `insert into lists (id, organisation_id, mode, name, watched, created_by_kind, created_by_id, created_at, updated_at)
     select 'lst_' || md5($1 || n), $1, 'live', 'Liste ' || n, false, 'key', null, now(), now() from generate_series(1, 198) n`,
    [world.organisationId],
  );
  const answers = await Promise.all(
    ["un", "deux", "trois", "quatre"].map(async (name) => call(world, "POST", "/lists", { body: { name } })),
  );
  const outcomes: string[] = answers.map(({ status, json }) => (status === 201 ? "created" : json.code));
  expect(outcomes.toSorted()).toEqual(["created", "created", "lists.too_many", "lists.too_many"]);
  const seen = (await allPages(world, "/lists?limit=33", "list_id")).map(String);
  expect(seen).toHaveLength(200);
  expect(seen).toEqual([...new Set(seen)].toSorted((a, b) => (a < b ? 1 : -1)));
});

test("a list created twice under one key is one, and companies sent twice are added once", async () => {
  const world = await mintWorld();
  const sent = { body: { name: "Nord" }, key: "list-1" };
  const [first, second] = [
    await call(world, "POST", "/lists", sent),
    await call(world, "POST", "/lists", sent),
  ];
  expect([second.status, second.headers.get("idempotent-replayed")]).toEqual([201, "true"]);
  expect(second.json).toEqual(first.json);
  const path = `/lists/${first.json.list_id}/companies`;
  const add = { body: { sirens: [world.siren()] }, key: "add-1" };
  expect((await call(world, "POST", path, add)).json.added).toBe(1);
  const replayed = await call(world, "POST", path, add);
  expect([replayed.json.added, replayed.headers.get("idempotent-replayed")]).toEqual([1, "true"]);
  const { actions } = await auditOf(world);
  expect(actions.map(([action]) => action)).toEqual(["list.created", "list.companies_added"]);
});

test("what a Worker that died without a word had created is not created again under its key", async () => {
  const world = await mintWorld();
  const notes = `/companies/${world.siren()}/notes`;
  const dying = {
    request: async (path: string, init?: RequestInit) => {
      const headers = new Headers(init?.headers);
      headers.set("authorization", `Bearer ${world.key}`);
      const context = createExecutionContext();
      const request = new Request(`https://api.test${path}`, { ...init, headers });
      const response = await worker.fetch(request, forgetful, context);
      await waitOnExecutionContext(context);
      return response;
    },
  };
  const asked = [
    ["/lists", { body: { name: "Nord" }, key: "list" }, "list_id"],
    [notes, { body: { body: "Une fois" }, key: "note" }, "note_id"],
  ] as const;
  const made: unknown[] = [];
  for (const [path, sent, id] of asked) made.push((await call(dying, "POST", path, sent)).json[id]);
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 60_001 });
  const again: unknown[] = [];
  for (const [path, sent, id] of asked) again.push((await call(world, "POST", path, sent)).json[id]);
  vi.useRealTimers();
  expect(again).toEqual(made);
  const { actions } = await auditOf(world);
  expect(actions.map(([action]) => action)).toEqual(["list.created", "note.created"]);
});

test("a viewer reads lists and changes none", async () => {
  const world = await mintWorld();
  const id = await createList(world);
  const viewer = await withMember(world, "viewer");
  expect((await call(viewer, "GET", "/lists")).json.data).toHaveLength(1);
  expect((await call(viewer, "GET", `/lists/${id}/companies`)).status).toBe(200);
  for (const [method, path, body] of [
    ["POST", "/lists", { name: "x" }],
    ["PATCH", `/lists/${id}`, { watched: true }],
    ["DELETE", `/lists/${id}`, undefined],
    ["POST", `/lists/${id}/companies`, { sirens: [world.siren()] }],
    ["DELETE", `/lists/${id}/companies/${world.siren()}`, undefined],
  ] as const) {
    const refused = await call(viewer, method, path, { body });
    expect([method, refused.status, refused.json.scope]).toEqual([method, 403, "pipeline:write"]);
  }
});

test("a list of another organisation, or of the other mode, is no list, whatever is asked of it", async () => {
  const [world, other] = [await mintWorld(), await mintWorld()];
  const asTest = await withTestKey(world);
  const siren = RESERVED_SIRENS.complete;
  const id = await createList(world);
  await call(world, "POST", `/lists/${id}/companies`, { body: { sirens: [siren] } });
  for (const [caller, list] of [
    [other, id],
    [asTest, id],
    [world, "lst_nobody"],
    [world, "no~list"],
  ] as const) {
    for (const [method, rest, body] of [
      ["GET", "", undefined],
      ["PATCH", "", { watched: true }],
      ["DELETE", "", undefined],
      ["GET", "/companies", undefined],
      ["POST", "/companies", { sirens: [siren] }],
      ["DELETE", `/companies/${siren}`, undefined],
    ] as const) {
      const answer = await call(caller, method, `/lists/${list}${rest}`, { body });
      expect([method, rest, answer.status, answer.json.code]).toEqual([
        method,
        rest,
        404,
        "resource.not_found",
      ]);
    }
  }
  expect((await call(other, "GET", "/lists")).json.data).toEqual([]);
  expect((await call(asTest, "GET", "/lists")).json.data).toEqual([]);
  expect((await call(world, "GET", `/lists/${id}`)).json).toMatchObject({ watched: false, companies: 1 });
});

test("a test key puts reserved companies in its lists, sees them invented, and no other", async () => {
  const world = await mintWorld();
  const asTest = await withTestKey(world);
  const path = `/lists/${await createList(asTest)}/companies`;
  await call(asTest, "POST", path, { body: { sirens: [RESERVED_SIRENS.slow] } });
  const { data } = (await call(asTest, "GET", path)).json;
  expect(data[0].company).toMatchObject({
    siren: RESERVED_SIRENS.slow,
    nom_entreprise: "ATELIERS LENT (FICTIF)",
  });
  const sirens = [RESERVED_SIRENS.complete, world.siren()];
  expect((await call(asTest, "POST", path, { body: { sirens } })).json.code).toBe("test_mode.siren_unknown");
  expect((await call(asTest, "GET", path)).json.data).toHaveLength(1);
});

test.each([
  ["POST", "/lists", "body", "/name", {}, /in quotes/],
  ["POST", "/lists", "body", "/name", { name: "  " }, /at least one character/],
  ["POST", "/lists", "body", "/name", { name: "x".repeat(101) }, /at most 100 characters/],
  ["POST", "/lists", "body", "/name", { name: "a\nb" }, /plain UTF-8/],
  ["POST", "/lists", "body", "/sirens", { name: "a", sirens: [] }, /\/companies/],
  ["POST", "/lists", "body", "/watch", { name: "a", watch: true }, /watched/],
  ["PATCH", "/lists/lst_1", "body", "", {}, /watched/],
  ["PATCH", "/lists/lst_1", "body", "/watched", { watched: "yes" }, /true or false/],
  ["POST", "/lists/lst_1/companies", "body", "/sirens", { sirens: [] }, /at least one entry/],
  [
    "POST",
    "/lists/lst_1/companies",
    "body",
    "/sirens",
    { sirens: Array(1_001).fill("552032534") },
    /1000 entries/,
  ],
  ["GET", "/lists?cursor=x", "query", "/cursor", undefined, /next_cursor/],
  ["GET", "/lists?sort=name", "query", "/sort", undefined, /cursor, limit/],
  ["GET", "/lists/lst_1/companies?cursor=1", "query", "/cursor", undefined, /next_cursor/],
] as const)(
  "%s %s is refused, naming the %s, %s and its fix",
  async (method, path, part, pointer, body, fix) => {
    const world = await mintWorld();
    const refused = await call(world, method, path, { body, language: "en" });
    expect([refused.status, refused.json.code]).toEqual([400, "request.invalid"]);
    expect(refused.json.errors).toEqual([
      { in: part, pointer, message: expect.any(String), fix: expect.stringMatching(fix) },
    ]);
  },
);
