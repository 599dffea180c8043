import { env } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { SourceGatesClient } from "../../../src/durable/source-gates-client.ts";
import { TableBusy } from "../../../src/domain/exports/errors.ts";
import type { ExportRow } from "../../../src/domain/exports/ports.ts";
import { AirtablePush } from "../../../src/providers/airtable/airtable-push.ts";
import { mintWorld, send, type World } from "../../support/world.ts";
import { mintCompanies, mintList, order, statusOf } from "./export-world.ts";

const TOKEN = "pat.workerd.0123456789";
const LONG = { timeout: 60_000 };
const text = { type: "singleLineText" };
const FIELDS = { SIREN: text, Nom: text, Score: { type: "number" } };

const Report = z.object({
  requests: z.number(),
  limited: z.number(),
  tables: z.object({
    Cibles: z.array(
      z.object({ id: z.string(), fields: z.record(z.string(), z.union([z.string(), z.number()])) }),
    ),
  }),
});

const Line = z.strictObject({
  siren: z.string(),
  outcome: z.enum(["created", "updated", "refused"]),
  record_id: z.string().nullable(),
  error: z.string().nullable(),
});

async function control(path: string, body?: object): Promise<Response> {
  const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  const response = await fetch(`${env.SANDBOX_URL}/__control/${path}`, init);
  expect(response.ok).toBe(true);
  return response;
}

/** A base that only this test knows. */
async function mintBase(more: object = {}): Promise<string> {
  const base = `app${crypto.randomUUID().replaceAll("-", "").slice(0, 14)}`;
  const tables = { Cibles: { fields: FIELDS } };
  await control("airtable/bases", { base_id: base, token: TOKEN, tables, ...more });
  return base;
}

async function baseOf(id: string) {
  return Report.parse(await (await control(`airtable/bases/${id}`)).json());
}

/** Companies of this test's own, in a list, smallest SIREN first. */
async function mintTargets(world: World, count: number): Promise<{ list_id: string; sirens: string[] }> {
  const sirens = (await mintCompanies(count, "ATELIERS D'ÉTÉ 🚀")).toSorted();
  expect(sirens).toHaveLength(count);
  return { list_id: await mintList(world, sirens), sirens };
}

interface Ordered {
  list_id: string;
  base: string;
  columns?: string[];
  token?: string;
}

async function orderInto(world: World, { list_id, base, token = TOKEN, ...more }: Ordered): Promise<string> {
  const { export_id } = await order(world, {
    format: "airtable",
    list_id,
    columns: more.columns ?? ["nom_entreprise", "ma_score"],
    airtable: { base_id: base, table: "Cibles", token },
  });
  return export_id;
}

async function ended(world: World, id: string) {
  return vi.waitFor(
    async () => {
      const status = await statusOf(world, id);
      expect(["queued", "running"]).not.toContain(status.status);
      return status;
    },
    { timeout: 45_000, interval: 250 },
  );
}

async function fill(world: World, ordered: Ordered) {
  return ended(world, await orderInto(world, ordered));
}

async function reportOf(url: string | null) {
  const response = await send(new Request(z.url().parse(url)));
  expect(response.headers.get("content-type")).toContain("application/x-ndjson");
  // The runtime warns of text() on a body that it does not know to be text.
  const lines = new TextDecoder()
    .decode(await response.arrayBuffer())
    .trimEnd()
    .split("\n");
  return lines.map((line) => Line.parse(JSON.parse(line)));
}

describe("an export into Airtable", () => {
  test(
    "fills the table within its limits, reports each record, and changes them when run again",
    LONG,
    async () => {
      const world = await mintWorld();
      const base = await mintBase();
      const { list_id, sirens } = await mintTargets(world, 230);

      const first = await fill(world, { list_id, base });
      expect(first).toMatchObject({
        status: "completed",
        rows: 230,
        counts: { created: 230, updated: 0, refused: 0 },
      });
      const filled = await baseOf(base);
      expect(filled).toMatchObject({ requests: 23, limited: 0 });
      const records = filled.tables.Cibles;
      expect(new Set(records.map(({ fields }) => fields["SIREN"]))).toEqual(new Set(sirens));
      expect(records).toHaveLength(230);
      for (const { fields } of records) expect(fields["Nom"]).toMatch(/^ATELIERS D'ÉTÉ 🚀 \d+$/);
      const report = await reportOf(first.download_url);
      expect(new Set(report.map(({ siren, record_id }) => `${siren} ${record_id}`))).toEqual(
        new Set(records.map(({ id, fields }) => `${fields["SIREN"]} ${id}`)),
      );

      await world.database.query("update companies set ma_score = 99 where siren = any($1)", [sirens]);
      const second = await fill(world, { list_id, base });
      expect(second).toMatchObject({ counts: { created: 0, updated: 230, refused: 0 } });
      const changed = (await baseOf(base)).tables.Cibles;
      expect(changed.map(({ id }) => id)).toEqual(records.map(({ id }) => id));
      expect(new Set(changed.map(({ fields }) => fields["Score"]))).toEqual(new Set([99]));
    },
  );

  test("writes nine of ten when one is refused, and says why", LONG, async () => {
    const world = await mintWorld();
    const { list_id, sirens } = await mintTargets(world, 10);
    const twice = { SIREN: sirens[6], Nom: "DOUBLON" };
    const base = await mintBase({ tables: { Cibles: { fields: FIELDS, records: [twice, twice] } } });

    const status = await fill(world, { list_id, base });
    expect(status).toMatchObject({ status: "completed", counts: { created: 9, updated: 0, refused: 1 } });
    const refused = (await reportOf(status.download_url)).filter(({ outcome }) => outcome === "refused");
    expect(refused).toEqual([
      { siren: sirens[6], outcome: "refused", record_id: null, error: "INVALID_REQUEST_UNKNOWN" },
    ]);
    expect((await baseOf(base)).tables.Cibles).toHaveLength(11);
  });

  test("goes on after a fault of the service where it was", LONG, async () => {
    const world = await mintWorld();
    const base = await mintBase();
    const { list_id, sirens } = await mintTargets(world, 30);
    await world.fault({ provider: "airtable", siren: sirens[25], status: 503 });

    const id = await orderInto(world, { list_id, base });
    const half = { timeout: 20_000, interval: 100 };
    await vi.waitFor(async () => expect((await statusOf(world, id)).rows).toBe(20), half);
    await world.fault({ provider: "airtable", siren: sirens[25], clear: true });

    expect(await ended(world, id)).toMatchObject({ status: "completed", counts: { created: 30 } });
    // The request that failed never reached the base; the two before it were not made again.
    expect(await baseOf(base)).toMatchObject({ requests: 3, limited: 0 });
  });
});

describe("an export that Airtable refuses", () => {
  test("for its monthly quota asks once and no more, and the secret is gone", LONG, async () => {
    const world = await mintWorld();
    const base = await mintBase({ calls_left: 0 });
    const { list_id } = await mintTargets(world, 40);
    const status = await fill(world, { list_id, base });
    expect(status).toMatchObject({
      status: "failed",
      failure: "airtable_quota_exceeded",
      download_url: null,
    });
    expect((await baseOf(base)).requests).toBe(1);
    const [row] = await world.database.query("select secret from exports where id = $1", [status.export_id]);
    expect(row).toEqual({ secret: null });
  });

  test.each([
    ["a token that nobody gave out", { token: "pat.unknown" }, "airtable_unauthorised"],
    [
      "a field that the table lacks",
      { columns: ["nom_entreprise", "departement"] },
      "airtable_unknown_field:departement",
    ],
  ])("for %s fails with the reason", LONG, async (_why, change, failure) => {
    const world = await mintWorld();
    const base = await mintBase();
    const { list_id } = await mintTargets(world, 12);
    const status = await fill(world, { list_id, base, ...change });
    expect(status).toMatchObject({ status: "failed", failure });
    expect(JSON.stringify(status)).not.toContain(TOKEN);
    expect((await baseOf(base)).tables.Cibles).toEqual([]);
  });
});

/** As each consumer has its own. */
function consumer(): AirtablePush {
  return new AirtablePush({
    baseUrl: env.AIRTABLE_BASE_URL,
    userAgent: "tests/1.0",
    http: async (request) => fetch(request),
    gates: new SourceGatesClient(env.SOURCE_GATE),
    now: () => Date.now(),
    sleep: async (ms) => scheduler.wait(ms),
  });
}

function rows(first: number): ExportRow[] {
  return Array.from({ length: 60 }, (_, index) => {
    const siren = String(first + index);
    return { siren, key: siren, cells: [siren] };
  });
}

/** ms; null: it did not have to wait. */
async function waitOf(pushing: Promise<unknown>): Promise<number | null> {
  return pushing.then(
    () => null,
    (error: unknown) => (error instanceof TableBusy ? error.retryAfterMs : null),
  );
}

describe("two consumers that fill one base", () => {
  test("keep to its pace together", LONG, async () => {
    const target = { baseId: await mintBase(), table: "Cibles", token: TOKEN };
    const pushes = [100_000_000, 200_000_000].map(async (first) =>
      consumer().push(target, ["siren"], rows(first)),
    );
    expect((await Promise.all(pushes)).flat()).toHaveLength(120);
    expect(await baseOf(target.baseId)).toMatchObject({ requests: 12, limited: 0 });
  });

  test("both leave it alone once it has told one of them to wait", LONG, async () => {
    const target = { baseId: await mintBase(), table: "Cibles", token: TOKEN };
    const siren = "300000000";
    await control("faults", { provider: "airtable", siren, status: 429 });
    expect(await waitOf(consumer().push(target, ["siren"], rows(Number(siren))))).toBe(30_000);
    await control("faults", { provider: "airtable", siren, clear: true });
    const wait = await waitOf(consumer().push(target, ["siren"], rows(400_000_000)));
    expect(wait).toBeGreaterThan(5_000);
    expect(wait).toBeLessThanOrEqual(30_000);
    expect((await baseOf(target.baseId)).requests).toBe(0);
  });
});
