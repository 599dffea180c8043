import { expect, test, vi } from "vitest";
import { RESERVED_SIRENS } from "../../../src/domain/companies/reserved-sirens.ts";
import { PIPELINE_STATUSES } from "../../../src/domain/pipeline/status.ts";
import { mintMember } from "../../support/members.ts";
import { mintKey, mintWorld } from "../../support/world.ts";
import {
  allPages,
  auditOf,
  call,
  storeCompany,
  withMember,
  withTestKey,
  withToken,
} from "./pipeline-world.ts";

const AT = Date.parse("2026-11-20T09:00:00.000Z");

async function at<Result>(ms: number, work: () => Promise<Result>): Promise<Result> {
  vi.useFakeTimers({ toFake: ["Date"], now: ms });
  try {
    return await work();
  } finally {
    vi.useRealTimers();
  }
}

test("a status is set, read, changed and cleared; the same again changes nothing; the audit knows from what to what", async () => {
  const world = await mintWorld();
  const path = `/companies/${world.siren()}/status`;
  expect((await call(world, "GET", path)).json.code).toBe("resource.not_found");
  const set = await call(world, "PUT", path, { body: { status: "a_contacter" } });
  expect(set.status).toBe(200);
  expect(set.headers.get("cache-control")).toBe("no-store");
  expect(set.json).toEqual({
    siren: world.siren(),
    status: "a_contacter",
    changed_at: expect.any(String),
    changed_by: { kind: "key", id: expect.stringMatching(/^key_/), name: "test" },
  });
  const person = await mintMember(world.organisationId, "analyst");
  const again = await person.request("PUT", `/api/v2${path}`, { status: "a_contacter" });
  expect(await again.json()).toEqual(set.json);
  const changed = await person.request("PUT", `/api/v2${path}`, { status: "offre" });
  const now = {
    siren: world.siren(),
    status: "offre",
    changed_at: expect.any(String),
    changed_by: { kind: "user", id: person.userId, name: "Test" },
  };
  expect(await changed.json()).toEqual(now);
  expect((await call(world, "GET", path)).json).toEqual(now);
  for (const _ of [1, 2]) expect((await call(world, "DELETE", path)).status).toBe(204);
  expect((await call(world, "GET", path)).status).toBe(404);
  const { actions, acts } = await auditOf(world);
  expect(actions).toEqual([
    ["pipeline.status_set", { from: null, to: "a_contacter" }],
    ["pipeline.status_set", { from: "a_contacter", to: "offre" }],
    ["pipeline.status_cleared", { from: "offre" }],
  ]);
  expect(acts[0]?.resource).toEqual({ kind: "company", id: world.siren() });
});

test("of statuses set at once the audit has one chain: each begins where the one before ended", async () => {
  const world = await mintWorld();
  const path = `/companies/${world.siren()}/status`;
  await Promise.all(PIPELINE_STATUSES.map(async (status) => call(world, "PUT", path, { body: { status } })));
  const { status } = (await call(world, "GET", path)).json;
  const { acts } = await auditOf(world);
  const steps = new Map(acts.map(({ details }) => [details["from"], details["to"]]));
  expect(steps.size).toBe(PIPELINE_STATUSES.length);
  let place: unknown = null;
  for (const _ of PIPELINE_STATUSES) place = steps.get(place);
  expect(place).toBe(status);
});

test("the pipeline has the newest change first, with what is stored of each company, and counts for a board", async () => {
  const world = await mintWorld();
  const sirens = Array.from({ length: 7 }, (_, index) => world.siren(`company ${index}`));
  const [stored = ""] = sirens;
  await storeCompany(world, stored, "ATELIERS DURAND");
  for (const [index, siren] of sirens.entries()) {
    const status = index % 2 === 0 ? "contacte" : "offre";
    // Two by two at the same moment: then the SIREN decides.
    const moment = AT + Math.floor(index / 2) * 1_000;
    await at(moment, async () => call(world, "PUT", `/companies/${siren}/status`, { body: { status } }));
  }
  const order = [0, 1, 2, 3].toReversed().flatMap((pair) => sirens.slice(2 * pair, 2 * pair + 2).toSorted());
  expect(await allPages(world, "/pipeline?limit=2", "siren")).toEqual(order);
  expect(await allPages(world, "/pipeline?limit=1&status=offre", "siren")).toEqual(
    [5, 3, 1].map((index) => sirens[index]),
  );
  const both = await allPages(world, "/pipeline?limit=3&status=offre,%20contacte,offre", "siren");
  expect(both).toEqual(order);
  const page = (await call(world, "GET", "/pipeline?status=contacte")).json;
  expect(page.counts).toEqual({
    a_qualifier: 0,
    a_contacter: 0,
    contacte: 4,
    en_discussion: 0,
    offre: 3,
    signe: 0,
    refuse: 0,
    abandonne: 0,
  });
  const entry = page.data.at(-1);
  expect(entry).toMatchObject({ siren: stored, status: "contacte" });
  expect(entry.company).toMatchObject({
    nom_entreprise: "ATELIERS DURAND",
    secteur_activite: "Mécanique industrielle",
    forme_juridique: { code: "5710", libelle: "SAS" },
    tranche_effectif: { code: "12", min: 20, max: 49 },
    ma_score: 71,
  });
  expect(page.data[0].company).toBeNull();
});

test("a note is written, read, changed and deleted; what it says is in no record", async () => {
  const world = await mintWorld();
  const path = `/companies/${world.siren()}/notes`;
  const written = await call(world, "POST", path, { body: { body: "  Appel de Jeanne\r\n\tà rappeler \n" } });
  expect(written.status).toBe(201);
  expect(written.json).toEqual({
    note_id: expect.stringMatching(/^note_/),
    siren: world.siren(),
    body: "Appel de Jeanne\n\tà rappeler",
    author: { kind: "key", id: expect.stringMatching(/^key_/), name: "test" },
    created_at: expect.any(String),
    updated_at: written.json.created_at,
  });
  const one = `${path}/${written.json.note_id}`;
  const changed = await call(world, "PATCH", one, { body: { body: "Jeanne ne vend pas" } });
  expect(changed.json).toEqual({
    ...written.json,
    body: "Jeanne ne vend pas",
    updated_at: expect.any(String),
  });
  expect((await call(world, "GET", path)).json).toEqual({
    data: [changed.json],
    next_cursor: null,
    has_more: false,
  });
  expect((await call(world, "DELETE", one)).status).toBe(204);
  expect((await call(world, "DELETE", one)).json.code).toBe("resource.not_found");
  expect((await call(world, "GET", path)).json.data).toEqual([]);
  const { actions, text } = await auditOf(world);
  const details = { siren: world.siren() };
  expect(actions).toEqual([
    ["note.created", details],
    ["note.changed", details],
    ["note.deleted", details],
  ]);
  expect(text).not.toContain("Jeanne");
});

test("a note is its author's; owners and administrators may change it too, a viewer may read it", async () => {
  const world = await mintWorld();
  const path = `/companies/${world.siren()}/notes`;
  const [author, colleague] = [await withMember(world, "analyst"), await withMember(world, "analyst")];
  const [owner, admin] = [await withMember(world, "owner"), await withMember(world, "admin")];
  const otherKey = withToken(world, await mintKey(world.organisationId));
  const viewer = await withMember(world, "viewer");
  const body = { body: "À suivre" };
  const { json } = await call(author, "POST", path, { body });
  const one = `${path}/${json.note_id}`;
  for (const stranger of [colleague, world, otherKey]) {
    for (const [method, sent] of [["PATCH", { body }] as const, ["DELETE"] as const]) {
      const refused = await call(stranger, method, one, sent);
      expect([refused.status, refused.json.code]).toEqual([403, "notes.not_author"]);
    }
  }
  for (const allowed of [author, owner, admin]) {
    expect((await call(allowed, "PATCH", one, { body })).json.author).toEqual(json.author);
  }
  expect((await call(viewer, "GET", path)).json.data).toHaveLength(1);
  for (const [method, at, sent] of [
    ["POST", path, { body }],
    ["PATCH", one, { body }],
    ["DELETE", one, {}],
    ["PUT", `/companies/${world.siren()}/status`, { body: { status: "signe" } }],
    ["DELETE", `/companies/${world.siren()}/status`, {}],
  ] as const) {
    const refused = await call(viewer, method, at, sent);
    expect([method, refused.status, refused.json.scope]).toEqual([method, 403, "pipeline:write"]);
  }
  expect((await call(owner, "DELETE", one)).status).toBe(204);
});

test("notes come newest first, page by page, a thousand at most on a company, also when asked for at once", async () => {
  const world = await mintWorld();
  const path = `/companies/${world.siren()}/notes`;
  await world.database.query(
    `insert into notes (id, organisation_id, mode, siren, body, author_kind, author_id, created_at, updated_at)
     select 'note_' || $1 || n, $2, 'live', $3, 'n', 'key', 'key_x', now(), now() from generate_series(1001, 1998) n`,
    [world.siren(), world.organisationId, world.siren()],
  );
  const bodies = ["un", "deux", "trois", "quatre", "cinq"];
  const answers = await Promise.all(
    bodies.map(async (body) => call(world, "POST", path, { body: { body } })),
  );
  const codes: string[] = answers.map(({ status, json }) => (status === 201 ? "written" : json.code));
  expect(codes.toSorted()).toEqual([
    "notes.too_many",
    "notes.too_many",
    "notes.too_many",
    "written",
    "written",
  ]);
  const seen = await allPages(world, `${path}?limit=170`, "note_id");
  expect(seen).toHaveLength(1_000);
  expect(seen.map(String)).toEqual([...new Set(seen.map(String))].toSorted().toReversed());
  const elsewhere = `/companies/${world.siren("another")}/notes`;
  expect((await call(world, "POST", elsewhere, { body: { body: "un" } })).status).toBe(201);
});

test("a note sent twice under one key is written once", async () => {
  const world = await mintWorld();
  const path = `/companies/${world.siren()}/notes`;
  const sent = { body: { body: "Une fois" }, key: "note-1" };
  const [first, second] = [await call(world, "POST", path, sent), await call(world, "POST", path, sent)];
  expect(second.headers.get("idempotent-replayed")).toBe("true");
  expect(second.json).toEqual(first.json);
  expect((await call(world, "GET", path)).json.data).toHaveLength(1);
});

test("statuses and notes of another organisation, and of the other mode, are not there", async () => {
  const [world, other] = [await mintWorld(), await mintWorld()];
  const siren = RESERVED_SIRENS.complete;
  const asTest = await withTestKey(world);
  const [status, notes] = [`/companies/${siren}/status`, `/companies/${siren}/notes`];
  await call(world, "PUT", status, { body: { status: "offre" } });
  const { note_id } = (await call(world, "POST", notes, { body: { body: "À nous" } })).json;
  for (const stranger of [other, asTest]) {
    for (const [method, path, sent] of [
      ["GET", status, {}],
      ["PATCH", `${notes}/${note_id}`, { body: { body: "À moi" } }],
      ["DELETE", `${notes}/${note_id}`, {}],
      ["DELETE", `${notes}/no~note`, {}],
    ] as const) {
      const answer = await call(stranger, method, path, sent);
      expect([method, path, answer.status, answer.json.code]).toEqual([
        method,
        path,
        404,
        "resource.not_found",
      ]);
    }
    expect((await call(stranger, "GET", notes)).json.data).toEqual([]);
    const { data, counts } = (await call(stranger, "GET", "/pipeline")).json;
    expect([data, counts.offre]).toEqual([[], 0]);
    expect((await call(stranger, "DELETE", status)).status).toBe(204);
  }
  expect((await call(world, "GET", status)).json.status).toBe("offre");
  const elsewhere = `/companies/${world.siren()}/notes/${note_id}`;
  expect((await call(world, "DELETE", elsewhere)).status).toBe(404);
});

test("a test key works with the reserved companies, which it sees invented, and with no other", async () => {
  const world = await mintWorld();
  const asTest = await withTestKey(world);
  for (const siren of [RESERVED_SIRENS.complete, RESERVED_SIRENS.unavailable]) {
    await call(asTest, "PUT", `/companies/${siren}/status`, { body: { status: "signe" } });
  }
  const { data } = (await call(asTest, "GET", "/pipeline")).json;
  const names = new Map(
    data.map((entry: { siren: string; company: { nom_entreprise: string } | null }) => [
      entry.siren,
      entry.company?.nom_entreprise ?? null,
    ]),
  );
  expect(Object.fromEntries(names)).toEqual({
    [RESERVED_SIRENS.complete]: "ATELIERS COMPLET (FICTIF)",
    [RESERVED_SIRENS.unavailable]: null,
  });
  const company = `/companies/${world.siren()}`;
  for (const [method, path, sent] of [
    ["GET", `${company}/status`, {}],
    ["PUT", `${company}/status`, { body: { status: "signe" } }],
    ["DELETE", `${company}/status`, {}],
    ["GET", `${company}/notes`, {}],
    ["POST", `${company}/notes`, { body: { body: "x" } }],
  ] as const) {
    expect((await call(asTest, method, path, sent)).json.code).toBe("test_mode.siren_unknown");
  }
});

test.each([
  ["PUT", "status", "body", "/status", {}, /in quotes/],
  ["PUT", "status", "body", "/status", { status: "gagne" }, /signe/],
  ["PUT", "status", "body", "/note", { status: "offre", note: "x" }, /status/],
  ["POST", "notes", "body", "/body", { body: " \n " }, /at least one character/],
  ["POST", "notes", "body", "/body", { body: "x".repeat(10_001) }, /at most 10000 characters/],
  ["POST", "notes", "body", "/body", { body: "a\u0007b" }, /line breaks and tabs/],
  ["POST", "notes", "body", "/body", { body: "\ud800" }, /line breaks and tabs/],
  ["GET", "notes?cursor=lst_1", "query", "/cursor", undefined, /next_cursor/],
  ["GET", "notes?limit=201", "query", "/limit", undefined, /no greater than 200/],
  ["GET", "../../pipeline?status=offre,gagne", "query", "/status", undefined, /signe/],
  ["GET", "../../pipeline?cursor=552032534", "query", "/cursor", undefined, /next_cursor/],
  ["GET", "../../companies/552032535/status", "path", "/siren", undefined, /mistyped/],
] as const)(
  "%s %s is refused, naming the %s, %s and its fix",
  async (method, rest, part, pointer, body, fix) => {
    const world = await mintWorld();
    const { pathname, search } = new URL(rest, `https://x/companies/${world.siren()}/`);
    const sent = body === undefined ? { language: "en" } : { language: "en", body };
    const refused = await call(world, method, pathname + search, sent);
    expect([refused.status, refused.json.code]).toEqual([400, "request.invalid"]);
    expect(refused.json.errors).toEqual([
      { in: part, pointer, message: expect.any(String), fix: expect.stringMatching(fix) },
    ]);
  },
);
