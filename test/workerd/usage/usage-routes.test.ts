import { describe, expect, test } from "vitest";
import { z } from "zod";
import { monthOf } from "../../../src/domain/usage/month.ts";
import { Problem } from "../../../src/http/problem.ts";
import { Usage, UsageEntry } from "../../../src/http/routes/usage/schema.ts";
import { newId } from "../../../src/lib/new-id.ts";
import { randomBytes } from "../../../src/lib/random-bytes.ts";
import { LedgerRepository } from "../../../src/storage/postgres/ledger-repository.ts";
import { mintKey, mintWorld, send, type World } from "../../support/world.ts";

const Page = z.object({
  data: z.array(UsageEntry),
  next_cursor: z.string().nullable(),
  has_more: z.boolean(),
});

async function read(world: World, path: string): Promise<unknown> {
  const response = await world.request(path);
  expect(response.status).toBe(200);
  expect(response.headers.get("cache-control")).toBe("no-store");
  return response.json();
}

const usageOf = async (world: World, query = "") => Usage.parse(await read(world, `/api/v2/usage${query}`));
const pageOf = async (world: World, query = "") =>
  Page.parse(await read(world, `/api/v2/usage/entries${query}`));

/** A ledger of its own clock, and settled calls at these instants. */
async function settledCalls(world: World, instants: string[]): Promise<string[]> {
  const { organisationId, database } = world;
  const ids: string[] = [];
  for (const at of instants) {
    const ledger = new LedgerRepository(database, { pappers: 0.02 }, () => Date.parse(at));
    const siren = world.siren(at);
    const id = newId("led", Date.parse(at), randomBytes);
    await ledger.reserve(id, { organisationId, source: "pappers", siren, credits: 1 });
    await ledger.settle(id, { calls: 1, credits: 1 });
    ids.push(id);
  }
  return ids;
}

describe("usage", () => {
  test("of a month shows what was spent on each source, what is held and what is left", async () => {
    const world = await mintWorld();
    const { organisationId, database } = world;
    await database.query("update organisations set plan = 'pro', monthly_budget_cents = 250 where id = $1", [
      organisationId,
    ]);
    const siren = world.siren();
    const answer = await world.enrich({ siren, sources: ["pappers"] });
    expect(answer.headers.get("x-cost-euros")).toBe("0.0200");
    const ledger = new LedgerRepository(database, { kaspr: 0.3 }, () => Date.now());
    await ledger.reserve(`led_${organisationId}`, { organisationId, source: "kaspr", siren, credits: 3 });
    const expected = {
      month: monthOf(Date.now()),
      plan: "pro",
      budget_euros: 2.5,
      spent_euros: 0.02,
      reserved_euros: 0.9,
      left_euros: 1.58,
      credits: 1,
      calls: 1,
      by_source: [{ source: "pappers", calls: 1, credits: 1, euros: 0.02 }],
    };
    expect(await usageOf(world)).toEqual(expected);
    expect(await usageOf(world, `?month=${expected.month}`)).toEqual(expected);
  });

  test("of an organisation without limit, and of a month without calls, is told as such", async () => {
    const world = await mintWorld();
    expect(await usageOf(world, "?month=2024-02")).toEqual({
      month: "2024-02",
      plan: "admin",
      budget_euros: null,
      spent_euros: 0,
      reserved_euros: 0,
      left_euros: null,
      credits: 0,
      calls: 0,
      by_source: [],
    });
  });

  test("over the budget leaves nothing, never less", async () => {
    const world = await mintWorld();
    await settledCalls(world, ["2024-03-05T00:00:00Z"]);
    await world.database.query("update organisations set monthly_budget_cents = 1 where id = $1", [
      world.organisationId,
    ]);
    expect(await usageOf(world, "?month=2024-03")).toMatchObject({ budget_euros: 0.01, left_euros: 0 });
  });

  test("is never another organisation's", async () => {
    const world = await mintWorld();
    const stranger = await mintWorld();
    const [id] = await settledCalls(world, ["2024-03-05T00:00:00Z"]);
    await world.enrich({ siren: world.siren(), sources: ["pappers"] });
    expect(await usageOf(stranger)).toMatchObject({ calls: 0, spent_euros: 0, by_source: [] });
    expect(await usageOf(stranger, "?month=2024-03")).toMatchObject({ calls: 0, by_source: [] });
    expect(await pageOf(stranger)).toEqual({ data: [], next_cursor: null, has_more: false });
    expect((await pageOf(stranger, `?cursor=${id}`)).data).toEqual([]);
  });
});

describe("the ledger's lines", () => {
  test("come newest first, page by page, each once, those of one instant included", async () => {
    const world = await mintWorld();
    const instants = [1, 2, 2, 2, 3].map((second) => `2024-04-10T10:00:0${second}.000Z`);
    const ids = await settledCalls(world, instants);
    const seen: string[] = [];
    let query = "?limit=2";
    for (let pages = 0; pages < 3; pages++) {
      const { data, next_cursor, has_more } = await pageOf(world, query);
      seen.push(...data.map(({ id }) => id));
      expect([has_more, next_cursor]).toEqual(pages < 2 ? [true, seen.at(-1)] : [false, null]);
      query = `?limit=2&cursor=${next_cursor}`;
    }
    expect(seen.toSorted()).toEqual(ids.toSorted());
    expect([seen[0], seen.at(-1)]).toEqual([ids.at(-1), ids[0]]);
  });

  test("say for whom, what it cost and when; one under way has no cost yet", async () => {
    const world = await mintWorld();
    const { organisationId, database } = world;
    const now = Date.parse("2090-04-10T10:00:00.000Z");
    const ledger = new LedgerRepository(database, { kaspr: 0.3 }, () => now);
    const siren = world.siren();
    await ledger.reserve(`led_${organisationId}`, { organisationId, source: "kaspr", siren, credits: 3 });
    await world.enrich({ siren, sources: ["pappers"] });
    const { data } = await pageOf(world);
    expect(data).toEqual([
      {
        id: expect.stringMatching(/^led_/),
        source: "kaspr",
        siren,
        state: "reserved",
        credits: null,
        euros: null,
        reserved_at: new Date(now).toISOString(),
        settled_at: null,
      },
      expect.objectContaining({ source: "pappers", siren, state: "settled", credits: 1, euros: 0.02 }),
    ]);
    expect((await pageOf(world, "?state=reserved")).data).toEqual(data.slice(0, 1));
    expect((await pageOf(world, "?source=pappers")).data).toEqual(data.slice(1));
  });

  test("of a month are those reserved in it, in UTC, from its first instant to its last", async () => {
    const world = await mintWorld();
    const ids = await settledCalls(world, [
      "2024-05-31T23:59:59.999Z",
      "2024-06-01T00:00:00.000Z",
      "2024-06-30T23:59:59.999Z",
      "2024-07-01T00:00:00.000Z",
    ]);
    const { data } = await pageOf(world, "?month=2024-06");
    expect(data.map(({ id }) => id)).toEqual([ids[2], ids[1]]);
    expect(await usageOf(world, "?month=2024-06")).toMatchObject({
      calls: 2,
      by_source: [{ source: "pappers", calls: 2 }],
    });
  });

  test("of a call with attempts are followed across pages", async () => {
    const world = await mintWorld();
    const siren = world.siren();
    await world.fault({ siren, provider: "pappers", status: 503 });
    await world.enrich({ siren, sources: ["pappers"] });
    const first = await pageOf(world, "?limit=1");
    const second = await pageOf(world, `?limit=5&cursor=${first.next_cursor}`);
    expect([...first.data, ...second.data].map(({ credits }) => credits)).toEqual([0, 0, 0]);
  });
});

describe("asking for usage", () => {
  test.each([
    ["/api/v2/usage?month=2026-13", "/month"],
    ["/api/v2/usage?month=2026-1", "/month"],
    ["/api/v2/usage?month=", "/month"],
    ["/api/v2/usage?month=0000-01", "/month"],
    ["/api/v2/usage?month=2026-11%00", "/month"],
    ["/api/v2/usage?month=2099-01", "/month"],
    ["/api/v2/usage?mois=2026-01", "/mois"],
    ["/api/v2/usage/entries?month=novembre", "/month"],
    ["/api/v2/usage/entries?month=2099-12", "/month"],
    ["/api/v2/usage/entries?source=paper", "/source"],
    ["/api/v2/usage/entries?state=paid", "/state"],
    ["/api/v2/usage/entries?cursor=abc", "/cursor"],
    ["/api/v2/usage/entries?cursor='%20or%201=1", "/cursor"],
    ["/api/v2/usage/entries?limit=0", "/limit"],
    ["/api/v2/usage/entries?limit=101", "/limit"],
    ["/api/v2/usage/entries?limit=1.5", "/limit"],
  ])("as %s is refused, and the fault named", async (path, pointer) => {
    const world = await mintWorld();
    const response = await world.request(path);
    expect(response.status).toBe(400);
    const problem = Problem.parse(await response.json());
    expect(problem.errors).toMatchObject([{ in: "query", pointer }]);
    expect(problem.errors?.[0]?.fix).not.toBe("");
  });

  test("a state that is none is quoted, beside those that are", async () => {
    const world = await mintWorld();
    const response = await world.request("/api/v2/usage/entries?state=foo");
    const [error] = Problem.parse(await response.json()).errors ?? [];
    expect(error?.message).toContain("« foo »");
    expect(error?.fix).toMatch(/^Valeurs possibles : .*settled/);
  });

  test.each(["/api/v2/usage", "/api/v2/usage/entries"])("%s takes the scope usage:read", async (path) => {
    const world = await mintWorld();
    const key = await mintKey(world.organisationId, { scopes: ["companies:read"] });
    const headers = { authorization: `Bearer ${key}` };
    expect((await send(new Request(`https://api.test${path}`, { headers }))).status).toBe(403);
    expect((await send(new Request(`https://api.test${path}`))).status).toBe(401);
  });
});
