import { env } from "cloudflare:workers";
import { z } from "zod";
import { expect, test } from "vitest";
import { Company } from "../../../src/domain/companies/company.ts";
import { RESERVED_SIRENS } from "../../../src/domain/companies/reserved-sirens.ts";
import { KEY_SCOPES } from "../../../src/domain/accounts/principal.ts";
import { Problem } from "../../../src/http/problem.ts";
import { mintMember } from "../../support/members.ts";
import { mintWorld, type World } from "../../support/world.ts";

const Created = z.object({ key: z.string() });

interface TestMode {
  world: World;
  request: World["request"];
  enrich: (body: object) => Promise<Response>;
}

/** A test key beside the live key of the same organisation. */
async function mintTestMode(): Promise<TestMode> {
  const world = await mintWorld();
  const owner = await mintMember(world.organisationId, "owner");
  const made = await owner.request("POST", "/api/v2/api-keys", {
    name: "test",
    scopes: KEY_SCOPES,
    mode: "test",
  });
  const { key } = Created.parse(await made.json());
  const request: World["request"] = async (path, init = {}) => {
    const headers = new Headers(init.headers);
    headers.set("authorization", `Bearer ${key}`);
    return world.request(path, { ...init, headers });
  };
  const enrich: TestMode["enrich"] = async (body) =>
    request("/api/v2/scraping/enrich", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  return { world, request, enrich };
}

const TABLES = [
  "companies",
  "company_sources",
  "contacts",
  "establishments",
  "events",
  "finances",
  "officers",
  "scores",
  "snapshots",
  "ledger_entries",
] as const;

/** Rows about this SIREN, table by table. */
async function rowsOf(world: World, siren: string): Promise<number[]> {
  const counts: number[] = [];
  for (const table of TABLES) {
    const [row] = await world.database.query(`select count(*)::int as n from ${table} where siren = $1`, [
      siren,
    ]);
    counts.push(z.number().parse(row?.["n"]));
  }
  return counts;
}

async function nameOf(response: Response): Promise<string | null> {
  return Company.parse(await response.json()).nom_entreprise;
}

const NOTHING = TABLES.map(() => 0);
const ALL_SOURCES = ["recherche_entreprises", "insee", "bodacc", "ratios_inpi", "pappers", "kaspr"];

test("a test key enriches, reads and scores an invented company, and says that it is in test mode", async () => {
  const { request, enrich } = await mintTestMode();
  const siren = RESERVED_SIRENS.complete;
  const enriched = await enrich({ siren, sources: ALL_SOURCES });
  expect(enriched.status).toBe(200);
  expect(enriched.headers.get("x-mode")).toBe("test");
  expect(enriched.headers.get("cache-status")).toBe("synthetic; hit");
  expect(enriched.headers.get("x-cost-credits")).toBe("0");
  const company = Company.parse(await enriched.json());
  expect(company.nom_entreprise).toMatch(/\(FICTIF\)$/);

  const read = await request(`/api/v2/companies/${siren}?fields=siren,ma_score`);
  expect(await read.json()).toEqual({ siren, ma_score: company.ma_score });
  const score = await request(`/api/v2/companies/${siren}/score`);
  expect(await score.json()).toEqual(company.score);
  const etag = score.headers.get("etag") ?? "";
  const unchanged = await request(`/api/v2/companies/${siren}/score`, { headers: { "if-none-match": etag } });
  expect([unchanged.status, unchanged.headers.get("x-mode")]).toEqual([304, "test"]);
});

test.each([
  ["not_found", 404, "enrichment.not_found", "company.not_found", null],
  ["rate_limited", 503, "enrichment.unavailable", "enrichment.unavailable", "2"],
  ["unavailable", 503, "enrichment.unavailable", "enrichment.unavailable", "5"],
  ["malformed", 503, "enrichment.unavailable", "enrichment.unavailable", "5"],
] as const)("%s answers %d, enriched or read", async (name, status, enriching, reading, retryAfter) => {
  const { request, enrich } = await mintTestMode();
  const siren = RESERVED_SIRENS[name];
  for (const [response, code] of [
    [await enrich({ siren }), enriching],
    [await request(`/api/v2/companies/${siren}`), reading],
    [await request(`/api/v2/companies/${siren}/score`), reading],
  ] as const) {
    expect(response.status).toBe(status);
    expect(response.headers.get("retry-after")).toBe(retryAfter);
    expect(response.headers.get("x-mode")).toBe("test");
    expect(Problem.parse(await response.json()).code).toBe(code);
  }
});

test("any other SIREN is unknown to it, also one that is stored for everybody else", async () => {
  const { world, request, enrich } = await mintTestMode();
  const siren = world.siren();
  expect((await world.enrich({ siren })).status).toBe(200);
  const calls = await world.calls(siren);
  for (const response of [
    await enrich({ siren, sources: ALL_SOURCES, linkedin: [{ nom: "A", profil: "abc" }] }),
    await request(`/api/v2/companies/${siren}`),
    await request(`/api/v2/companies/${siren}/score`),
  ]) {
    expect(response.status).toBe(404);
    expect(Problem.parse(await response.json()).code).toBe("test_mode.siren_unknown");
  }
  expect(await world.calls(siren)).toEqual(calls);
});

test("nothing real is reached: no provider, no table, no cache, no ledger", async () => {
  const { world, request, enrich } = await mintTestMode();
  // One that no other test of this file asks for with a live key.
  const siren = RESERVED_SIRENS.complete;
  const calls = await world.calls(siren);
  for (let round = 0; round < 2; round++) {
    expect((await enrich({ siren, sources: ALL_SOURCES, max_age: 0 })).status).toBe(200);
    expect((await request(`/api/v2/companies/${siren}`)).status).toBe(200);
    expect((await request(`/api/v2/companies/${siren}/score`)).status).toBe(200);
    expect((await request(`/api/v2/companies/${siren}/cache`, { method: "DELETE" })).status).toBe(204);
  }
  expect(await world.calls(siren)).toEqual(calls);
  expect(Object.values(calls).every((count) => count === 0)).toBe(true);
  expect(await rowsOf(world, siren)).toEqual(NOTHING);
  expect(await env.COMPANY_CACHE.get(`company:v1:${siren}`)).toBeNull();
  const spent = await world.database.query("select 1 from ledger_entries where organisation_id = $1", [
    world.organisationId,
  ]);
  expect(spent).toEqual([]);
});

test("live and test keys of one organisation never see each other's answers, cached or not", async () => {
  const { world, request, enrich } = await mintTestMode();
  const siren = RESERVED_SIRENS.no_credits;
  const path = `/api/v2/companies/${siren}`;
  expect((await world.enrich({ siren })).status).toBe(200);
  const live = await nameOf(await world.request(path));
  const hot = await world.request(path);
  expect(hot.headers.get("cache-status")).toBe("isolate; hit");
  expect(hot.headers.get("x-mode")).toBeNull();

  const invented = await request(path);
  expect(invented.headers.get("cache-status")).toBe("synthetic; hit");
  expect(await nameOf(invented)).not.toBe(live);
  expect(await nameOf(await enrich({ siren }))).not.toBe(live);
  const again = await world.request(path);
  expect(again.headers.get("cache-status")).toBe("isolate; hit");
  expect(await nameOf(again)).toBe(live);
});

test("dropping the cache with a test key drops nothing of what others use", async () => {
  const { world, request } = await mintTestMode();
  const siren = world.siren();
  await world.enrich({ siren });
  expect((await request(`/api/v2/companies/${siren}/cache`, { method: "DELETE" })).status).toBe(204);
  const read = await world.request(`/api/v2/companies/${siren}`);
  expect(read.headers.get("cache-status")).toMatch(/isolate; hit$/);
});

test("a score in test mode is worked out against the invented sector", async () => {
  const { request } = await mintTestMode();
  const response = await request("/api/v2/scoring/calculate", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ code_naf: "25.62B", chiffre_affaires: 1_000_000, resultat: 50_000 }),
  });
  expect(response.status).toBe(200);
  expect(response.headers.get("x-mode")).toBe("test");
  expect(await response.text()).toContain("3,8 %");
});

test("slow answers three seconds late", async () => {
  const { enrich } = await mintTestMode();
  const started = Date.now();
  expect((await enrich({ siren: RESERVED_SIRENS.slow })).status).toBe(200);
  expect(Date.now() - started).toBeGreaterThanOrEqual(2_900);
});
