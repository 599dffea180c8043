import { beforeEach, expect, test } from "vitest";
import type { BaseRequest } from "../../../../local/sandbox/airtable/base.ts";
import { createSandbox } from "../../../../local/sandbox/sandbox.ts";
import type { Json } from "./sandbox-client.ts";

const BASE = "appSandboxTests01";
const AT = `/airtable/v0/${BASE}/Cibles`;
const UPSERT = { performUpsert: { fieldsToMergeOn: ["SIREN"] } };
const text = { type: "singleLineText" } as const;
const FIELDS = {
  SIREN: text,
  Score: { type: "number" },
  Depuis: { type: "date" },
  Vu: { type: "dateTime" },
  Choix: { type: "singleSelect", choices: ["A"] },
  Fermé: { type: "singleSelect", choices: ["A"], locked: true },
} as const;

const clock = { now: 0 };
const app = createSandbox({ now: () => clock.now, sleep: async () => undefined });

async function send(
  body: object | string,
  options: { method?: string; token?: string } = {},
): Promise<Response> {
  clock.now += 1_000;
  return app.request(AT, {
    method: options.method ?? "PATCH",
    headers: { authorization: `Bearer ${options.token ?? "pat.tests"}` },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

async function make(more: Partial<BaseRequest> = {}): Promise<void> {
  const tables = { Cibles: { fields: FIELDS } };
  const body = JSON.stringify({ base_id: BASE, token: "pat.tests", tables, ...more });
  expect((await app.request("/__control/airtable/bases", { method: "POST", body })).status).toBe(201);
}

const list = async (query = ""): Promise<Json> => {
  clock.now += 1_000;
  return (await app.request(AT + query, { headers: { authorization: "Bearer pat.tests" } })).json();
};

const ask = async () => (await app.request(AT, { headers: { authorization: "Bearer pat.tests" } })).status;

const fault = async (body: object) =>
  app.request("/__control/faults", { method: "POST", body: JSON.stringify(body) });

const one = (fields: object) => ({ ...UPSERT, typecast: true, records: [{ fields }] });

beforeEach(async () => {
  clock.now = Date.parse("2026-11-20T10:00:00Z");
  await make();
});

test("an upsert makes a record, then changes it, and answers which it did", async () => {
  const made: Json = await (await send(one({ SIREN: "1", Score: 5, Depuis: "2020-02-29" }))).json();
  expect(made).toMatchObject({ createdRecords: [made.records[0].id], updatedRecords: [] });
  expect(made.records[0].id).toMatch(/^rec[0-9a-z]{14}$/);
  const changed: Json = await (await send(one({ SIREN: "1", Score: null }))).json();
  expect(changed).toMatchObject({ createdRecords: [], updatedRecords: [made.records[0].id] });
  expect((await list()).records.map((record: Json) => record.fields)).toEqual([
    { SIREN: "1", Depuis: "2020-02-29" },
  ]);
});

test("PUT clears what it does not name; POST makes records, and cannot upsert", async () => {
  await send(one({ SIREN: "1", Score: 5 }));
  await send(one({ SIREN: "1", Choix: "A" }), { method: "PUT" });
  expect((await list()).records[0].fields).toEqual({ SIREN: "1", Choix: "A" });
  expect((await send({ records: [{ fields: { SIREN: "1" } }] }, { method: "POST" })).status).toBe(200);
  expect(await (await send(one({ SIREN: "1" }), { method: "POST" })).json()).toEqual({
    error: { type: "INVALID_REQUEST_UNKNOWN" },
  });
});

test.each([
  [
    "eleven records",
    { ...UPSERT, records: Array.from({ length: 11 }, () => ({ fields: {} })) },
    "INVALID_REQUEST_UNKNOWN",
  ],
  ["no records", { ...UPSERT, records: [] }, "INVALID_REQUEST_MISSING_FIELDS"],
  ["no JSON", "{", "INVALID_REQUEST_MISSING_FIELDS"],
  ["an unknown field", one({ SIREN: "1", Autre: 1 }), "UNKNOWN_FIELD_NAME"],
  [
    "an unknown merge field",
    { ...one({ SIREN: "1" }), performUpsert: { fieldsToMergeOn: ["Id"] } },
    "UNKNOWN_FIELD_NAME",
  ],
  ["words for a number", one({ SIREN: "1", Score: "beaucoup" }), "INVALID_VALUE_FOR_COLUMN"],
  [
    "text for a number, without typecast",
    { ...one({ SIREN: "1", Score: "5" }), typecast: false },
    "INVALID_VALUE_FOR_COLUMN",
  ],
  [
    "a number for text, without typecast",
    { ...one({ SIREN: 1 }), typecast: false },
    "INVALID_VALUE_FOR_COLUMN",
  ],
  ["a day that is none", one({ SIREN: "1", Depuis: "01/03/1994" }), "INVALID_VALUE_FOR_COLUMN"],
  ["a moment that is none", one({ SIREN: "1", Vu: "hier" }), "INVALID_VALUE_FOR_COLUMN"],
  ["a list", one({ SIREN: ["1"] }), "INVALID_VALUE_FOR_COLUMN"],
  [
    "a choice, without typecast",
    { ...one({ Choix: "B" }), typecast: false },
    "INVALID_MULTIPLE_CHOICE_OPTIONS",
  ],
  ["a choice nobody may add", one({ SIREN: "1", Fermé: "B" }), "INVALID_MULTIPLE_CHOICE_OPTIONS"],
])("%s: 422, and nothing is written", async (_name, body, type) => {
  const response = await send(body);
  expect(response.status).toBe(422);
  expect(((await response.json()) as Json).error.type).toBe(type);
  expect((await list()).records).toEqual([]);
});

test("typecast reads numbers in text, and adds choices", async () => {
  expect((await send(one({ SIREN: 7, Score: "5.5", Choix: "B" }))).status).toBe(200);
  expect((await list()).records[0].fields).toEqual({ SIREN: "7", Score: 5.5, Choix: "B" });
  expect((await send({ ...one({ SIREN: "8", Choix: "B" }), typecast: false })).status).toBe(200);
});

test("one bad record of several keeps all of them out, and so do several matches", async () => {
  const records = [{ fields: { SIREN: "1" } }, { fields: { SIREN: "2", Score: "x" } }];
  expect((await send({ ...UPSERT, records })).status).toBe(422);
  expect((await list()).records).toEqual([]);
  for (let turn = 0; turn < 2; turn++)
    await send({ records: [{ fields: { SIREN: "3" } }] }, { method: "POST" });
  expect((await send(one({ SIREN: "3" }))).status).toBe(422);
});

test("the sixth request in a second locks the base, for 30 s or as long as a test says", async () => {
  const burst = async () => {
    const statuses = [];
    for (let call = 0; call < 6; call++) statuses.push(await ask());
    return statuses;
  };
  expect(await burst()).toEqual([200, 200, 200, 200, 200, 429]);
  clock.now += 29_999;
  expect(await ask()).toBe(429);
  clock.now += 1;
  expect(await ask()).toBe(200);
  await make({ lock_ms: 200 });
  await burst();
  clock.now += 1_000;
  expect(await ask()).toBe(200);
});

test("a list has pages", async () => {
  const tables = {
    Cibles: { records: Array.from({ length: 150 }, (_, index) => ({ SIREN: String(index) })) },
  };
  await make({ tables });
  const first = await list();
  expect(first.records).toHaveLength(100);
  expect((await list(`?offset=${first.offset}`)).records).toHaveLength(50);
  expect((await list("?pageSize=3")).records).toHaveLength(3);
  expect((await list("?pageSize=x")).error.type).toBe("INVALID_REQUEST_UNKNOWN");
});

test("faults hit the calls about a SIREN, in the shapes of Airtable", async () => {
  await fault({ provider: "airtable", siren: "000000001", status: 429, latency_ms: 5 });
  expect(await (await send(one({ SIREN: "000000001" }))).json()).toMatchObject({
    errors: [{ error: "RATE_LIMIT_REACHED" }],
  });
  expect((await send(one({ SIREN: "000000002" }))).status).toBe(200);
  await fault({ provider: "airtable", status: 404 });
  expect(await (await send(one({ SIREN: "000000002" }))).json()).toEqual({ error: "NOT_FOUND" });
  await fault({});
});

test("control tells of a base without costing it a call, and refuses a bad one", async () => {
  await send(one({ SIREN: "1" }));
  const report: Json = await (await app.request(`/__control/airtable/bases/${BASE}`)).json();
  expect(report).toMatchObject({
    requests: 1,
    limited: 0,
    calls_left: null,
    tables: { Cibles: [{ fields: { SIREN: "1" } }] },
  });
  expect((await app.request("/__control/airtable/bases/appNone")).status).toBe(404);
  const bad = await app.request("/__control/airtable/bases", { method: "POST", body: '{"base_id":"x"}' });
  expect([bad.status, ((await bad.json()) as Json).field]).toEqual([400, "base_id"]);
});
