import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { DEMO } from "../../local/sandbox/airtable/airtable-bases.ts";
import type { BaseReport, BaseRequest } from "../../local/sandbox/airtable/base.ts";
import { createSandbox } from "../../local/sandbox/sandbox.ts";
import { acquire, type GateState, newGateState, report } from "../../src/domain/enrichment/gate.ts";
import {
  AIRTABLE_LIMITS,
  AIRTABLE_LOCK_MS,
  type AirtableGate,
} from "../../src/domain/exports/airtable-target.ts";
import { EXPORT_COLUMNS } from "../../src/domain/exports/columns.ts";
import type { ExportRow, TableTarget } from "../../src/domain/exports/ports.ts";
import { AirtablePush } from "../../src/providers/airtable/airtable-push.ts";

const TARGET: TableTarget = { baseId: DEMO.base, table: DEMO.table, token: DEMO.token };
const BASE = "appContractBase01";
const text = { type: "singleLineText" } as const;

const clock = { now: 0 };
const gates = new Map<AirtableGate, GateState>();
const sandbox = createSandbox({ now: () => clock.now });

function stateOf(gate: AirtableGate): GateState {
  const state = gates.get(gate) ?? newGateState();
  gates.set(gate, state);
  return state;
}

/** `travelMs`: how long each request is on its way, in turn. */
function pushWith(travelMs: number[] = [0]): AirtablePush {
  let turn = 0;
  return new AirtablePush({
    baseUrl: "http://sandbox.test/airtable",
    userAgent: "contract-test/1.0",
    now: () => clock.now,
    http: async (request) => {
      clock.now += travelMs[turn++ % travelMs.length] ?? 0;
      return sandbox.fetch(request);
    },
    gates: {
      acquire: async (gate, place) => acquire(stateOf(gate), AIRTABLE_LIMITS, { now: clock.now, ...place }),
      report: async (gate, call) => report(stateOf(gate), call, clock.now),
    },
    sleep: async (ms) => {
      clock.now += ms;
    },
  });
}

async function control(path: string, body?: object): Promise<Response> {
  const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  const response = await sandbox.request(`/__control/${path}`, init);
  expect(response.ok).toBe(true);
  return response;
}

async function makeBase(more: Partial<BaseRequest>): Promise<TableTarget> {
  await control("airtable/bases", { base_id: BASE, token: "pat.contract", tables: { Cibles: {} }, ...more });
  return { baseId: BASE, table: "Cibles", token: "pat.contract" };
}

async function inspect(base: string): Promise<BaseReport> {
  return (await control(`airtable/bases/${base}`)).json() as Promise<BaseReport>;
}

function rows(count: number, cells: (siren: string) => ExportRow["cells"]): ExportRow[] {
  return Array.from({ length: count }, (_, index) => {
    const siren = String(index).padStart(9, "0");
    return { siren, key: siren, cells: cells(siren) };
  });
}

beforeEach(async () => {
  clock.now = Date.parse("2026-11-20T10:00:00Z");
  gates.clear();
  await control("reset", {});
});

describe("the demo table", () => {
  test("takes every column there is, and gives back what was sent", async () => {
    const values = {
      text: "0042 «é» 🚀",
      integer: -12,
      number: 0.5,
      date: "1994-03-01",
      datetime: "2026-11-20T10:00:00Z",
    };
    const cells = EXPORT_COLUMNS.map(({ name, type }) => (name === "siren" ? "000000000" : values[type]));
    const columns = EXPORT_COLUMNS.map(({ name }) => name);
    await pushWith().push(
      TARGET,
      columns,
      rows(1, () => cells),
    );
    const [record] = (await inspect(DEMO.base)).tables[DEMO.table] ?? [];
    expect(Object.values(record?.fields ?? {})).toEqual(cells);
  });

  test("is filled without ever being asked too often, however long requests travel", async () => {
    const travelling = fc.array(fc.integer({ min: 0, max: 2_000 }), { minLength: 1, maxLength: 12 });
    const property = fc.asyncProperty(travelling, async (travelMs) => {
      await control("reset", {});
      const results = await pushWith(travelMs).push(
        TARGET,
        ["siren"],
        rows(120, (siren) => [siren]),
      );
      expect(results).toHaveLength(120);
      expect(await inspect(DEMO.base)).toMatchObject({ requests: 12, limited: 0 });
    });
    await fc.assert(property, { numRuns: 50 });
  });

  test("filled again has the same records, changed where something is known", async () => {
    const columns = ["siren", "nom_entreprise", "effectif"];
    const first = await pushWith().push(
      TARGET,
      columns,
      rows(12, (siren) => [siren, "Avant", 4]),
    );
    const again = await pushWith().push(
      TARGET,
      columns,
      rows(12, (siren) => [siren, "Après", null]),
    );
    expect(new Set(first.map(({ outcome }) => outcome))).toEqual(new Set(["created"]));
    expect(again).toEqual(first.map((result) => ({ ...result, outcome: "updated" })));
    const records = (await inspect(DEMO.base)).tables[DEMO.table] ?? [];
    expect(records.map(({ fields }) => fields)).toEqual(
      rows(12, () => []).map(({ siren }) => ({ SIREN: siren, Nom: "Après", Effectif: 4 })),
    );
  });
});

describe("a customer's base", () => {
  test("keeps nine of ten records when several match the tenth", async () => {
    const target = await makeBase({
      tables: { Cibles: { records: [{ SIREN: "000000004" }, { SIREN: "000000004" }] } },
    });
    const results = await pushWith().push(
      target,
      ["siren"],
      rows(10, (siren) => [siren]),
    );
    expect(results.map(({ outcome }) => outcome).filter((outcome) => outcome === "created")).toHaveLength(9);
    expect(results[4]).toMatchObject({ outcome: "refused", error: "INVALID_REQUEST_UNKNOWN" });
    expect((await inspect(BASE)).tables.Cibles).toHaveLength(11);
  });

  test("keeps what others wrote in fields that are not ours", async () => {
    const target = await makeBase({
      tables: { Cibles: { records: [{ SIREN: "000000000", Notes: "appeler" }] } },
    });
    await pushWith().push(
      target,
      ["siren", "ville"],
      rows(1, (siren) => [siren, "Brest"]),
    );
    const [record] = (await inspect(BASE)).tables.Cibles ?? [];
    expect(record?.fields).toEqual({ SIREN: "000000000", Ville: "Brest", Notes: "appeler" });
  });

  test("that lacks a field says which", async () => {
    const target = await makeBase({ tables: { Cibles: { fields: { SIREN: text, Nom: text } } } });
    const pushing = pushWith().push(
      target,
      ["siren", "ville"],
      rows(10, (siren) => [siren, "Brest"]),
    );
    await expect(pushing).rejects.toMatchObject({ failure: "airtable_unknown_field:ville" });
    expect((await inspect(BASE)).requests).toBe(1);
  });

  test("without the field SIREN says so", async () => {
    const target = await makeBase({ tables: { Cibles: { fields: { Nom: text } } } });
    const pushing = pushWith().push(
      target,
      ["siren"],
      rows(1, (siren) => [siren]),
    );
    await expect(pushing).rejects.toMatchObject({ failure: "airtable_unknown_field:siren" });
  });

  test("whose month is spent half-way is asked no more", async () => {
    const target = await makeBase({ calls_left: 2 });
    const pushing = pushWith().push(
      target,
      ["siren"],
      rows(50, (siren) => [siren]),
    );
    await expect(pushing).rejects.toMatchObject({ failure: "airtable_quota_exceeded" });
    expect(await inspect(BASE)).toMatchObject({ requests: 3, calls_left: 0 });
  });

  test("that others keep busy is left alone for 30 s, then filled to the end", async () => {
    const target = await makeBase({});
    const list = `/airtable/v0/${BASE}/Cibles`;
    const headers = { authorization: `Bearer ${target.token}` };
    for (let call = 0; call < 6; call++) await sandbox.request(list, { headers });
    const push = pushWith();
    const all = rows(20, (siren) => [siren]);
    await expect(push.push(target, ["siren"], all)).rejects.toMatchObject({
      retryAfterMs: AIRTABLE_LOCK_MS,
      done: [],
    });
    clock.now += 20_000;
    await expect(push.push(target, ["siren"], all)).rejects.toMatchObject({ retryAfterMs: 10_000, done: [] });
    clock.now += 10_000;
    expect(await push.push(target, ["siren"], all)).toHaveLength(20);
    expect(await inspect(BASE)).toMatchObject({ limited: 2 });
  });

  test.each([
    [{ token: "pat.unknown" }, "airtable_unauthorised"],
    [{ token: DEMO.token }, "airtable_forbidden"],
    [{ token: "pat.reader" }, "airtable_forbidden"],
    [{ table: "Autre" }, "airtable_forbidden"],
    [{ baseId: "appNobodysBase001" }, "airtable_not_found"],
  ])("refuses %j", async (change, failure) => {
    const target = { ...(await makeBase({ read_only_token: "pat.reader" })), ...change };
    const pushing = pushWith().push(
      target,
      ["siren"],
      rows(1, (siren) => [siren]),
    );
    await expect(pushing).rejects.toMatchObject({ failure });
  });

  test.each([500, 503])("that answers %i may be filled later", async (status) => {
    const target = await makeBase({});
    await control("faults", { provider: "airtable", siren: "000000010", status });
    const pushing = pushWith().push(
      target,
      ["siren"],
      rows(20, (siren) => [siren]),
    );
    await expect(pushing).rejects.toMatchObject({ retryAfterMs: 10_000, done: { length: 10 } });
  });
});
