import { abortAllDurableObjects } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import { Company } from "../../../src/domain/companies/company.ts";
import { ageEverywhere, ageStored, dropCopies, dropLevel, HOUR_MS } from "../../support/stored-rows.ts";
import { mintWorld, type World } from "../../support/world.ts";

const DAY_MS = 24 * HOUR_MS;
const sum = (calls: Record<string, number>): number => Object.values(calls).reduce((a, b) => a + b, 0);

async function read(world: World, siren: string): Promise<string | null> {
  const response = await world.request(`/api/v2/companies/${siren}`);
  expect(response.status).toBe(200);
  await response.arrayBuffer();
  return response.headers.get("cache-status");
}

/** Pushes a company out of the isolate's memory: it keeps a bounded number, but 30 s is too long for a test. */
async function dropIsolateOnly(world: World, siren: string): Promise<void> {
  const kept = await env.COMPANY_CACHE.get(`company:v1:${siren}`);
  const edge = await caches.default.match(`https://api.invalid/__cache/company/v1/${siren}`);
  await dropCopies(world, siren);
  if (kept !== null) await env.COMPANY_CACHE.put(`company:v1:${siren}`, kept);
  if (edge !== undefined) await caches.default.put(`https://api.invalid/__cache/company/v1/${siren}`, edge);
}

test("each level answers when the faster ones have lost the company, and fills them again", async () => {
  const world = await mintWorld();
  const siren = world.siren();
  const enriched = await world.enrich({ siren });
  expect(enriched.headers.get("cache-status")).toBe(
    "postgres; fwd=miss, kv; fwd=miss, edge; fwd=miss, isolate; fwd=miss",
  );
  const before = await world.calls(siren);

  expect(await read(world, siren)).toBe("isolate; hit");
  await dropIsolateOnly(world, siren);
  expect(await read(world, siren)).toBe("edge; hit, isolate; fwd=miss");
  await dropIsolateOnly(world, siren);
  await dropLevel.edge(siren);
  expect(await read(world, siren)).toBe("kv; hit, edge; fwd=miss, isolate; fwd=miss");
  await dropCopies(world, siren);
  expect(await read(world, siren)).toBe("postgres; hit, kv; fwd=miss, edge; fwd=miss, isolate; fwd=miss");
  expect(await read(world, siren)).toBe("isolate; hit");
  expect(await world.calls(siren)).toEqual(before);
});

test("an enrichment finds what Postgres holds when every copy is lost and the flight was evicted", async () => {
  const world = await mintWorld();
  const siren = world.siren();
  await world.enrich({ siren });
  const before = await world.calls(siren);
  await dropCopies(world, siren);
  await abortAllDurableObjects();

  const again = await world.enrich({ siren });

  expect(again.headers.get("cache-status")).toBe(
    "postgres; hit, kv; fwd=miss, edge; fwd=miss, isolate; fwd=miss",
  );
  expect(await world.calls(siren)).toEqual(before);
});

test("a company past its freshness answers at once as stale, is refreshed behind by one call a source, then is fresh", async () => {
  const world = await mintWorld();
  const siren = world.siren();
  await world.enrich({ siren });
  await ageEverywhere(world, siren, 7 * HOUR_MS);
  await read(world, siren);
  const before = await world.calls(siren);

  const stale = await world.enrich({ siren, sources: ["recherche_entreprises"] });

  expect(stale.status).toBe(200);
  expect(stale.headers.get("cache-status")).toBe("isolate; hit; detail=stale");
  expect(Number(stale.headers.get("age"))).toBeGreaterThanOrEqual(7 * 3_600);
  const shown = Company.parse(await stale.json());
  expect(shown.sources.find(({ name }) => name === "recherche_entreprises")?.cache).toBe("stale");
  const after = await world.calls(siren);
  expect(sum(after) - sum(before)).toBe(1);
  expect(after["recherche_entreprises"]).toBe(2);

  const fresh = await world.enrich({ siren, sources: ["recherche_entreprises"] });
  expect(fresh.headers.get("cache-status")).toBe("isolate; hit");
  const company = Company.parse(await fresh.json());
  expect(company.sources.find(({ name }) => name === "recherche_entreprises")).toMatchObject({
    cache: "hit",
    refresh_failure: null,
  });
  expect(await world.calls(siren)).toEqual(after);
});

test("a copy in KV past its freshness serves at once, even when Postgres knows better", async () => {
  const world = await mintWorld();
  const siren = world.siren();
  await world.enrich({ siren });
  const copy = await env.COMPANY_CACHE.get(`company:v1:${siren}`, "text");
  const old = (copy ?? "").replaceAll(
    /"fresh_until":"[^"]+"/g,
    `"fresh_until":"${new Date(Date.now() - 1).toISOString()}"`,
  );
  await dropCopies(world, siren);
  await env.COMPANY_CACHE.put(`company:v1:${siren}`, old);
  const before = await world.calls(siren);

  const stale = await world.enrich({ siren });

  expect(stale.headers.get("cache-status")).toBe("kv; hit; detail=stale, edge; fwd=miss, isolate; fwd=miss");
  expect(await world.calls(siren)).toEqual(before);
  expect((await world.enrich({ siren })).headers.get("cache-status")).toBe("isolate; hit");
});

test("a company past stale-while-revalidate is refreshed before the answer", async () => {
  const world = await mintWorld();
  const siren = world.siren();
  await world.enrich({ siren });
  await ageEverywhere(world, siren, 4 * DAY_MS);
  await read(world, siren);

  const answer = await world.enrich({ siren });

  const { sources } = Company.parse(await answer.json());
  expect(sources.map(({ cache }) => cache)).toEqual(["miss", "miss", "miss"]);
  expect(answer.headers.get("age")).toBe("0");
});

test("everything is right when the Cache API never has anything", async () => {
  const world = await mintWorld();
  const siren = world.siren();
  vi.spyOn(caches.default, "match").mockResolvedValue(undefined);
  vi.spyOn(caches.default, "put").mockResolvedValue(undefined);

  expect((await world.enrich({ siren })).status).toBe(200);
  const before = await world.calls(siren);
  await dropIsolateOnly(world, siren);
  const answer = await world.enrich({ siren });
  expect(answer.headers.get("cache-status")).toBe("kv; hit, edge; fwd=miss, isolate; fwd=miss");
  expect(await read(world, siren)).toBe("isolate; hit");
  expect(await world.calls(siren)).toEqual(before);
});

test("a Cache API that throws is a miss", async () => {
  const world = await mintWorld();
  const siren = world.siren();
  const away = new Error("the cache is away");
  vi.spyOn(caches.default, "match").mockRejectedValue(away);
  vi.spyOn(caches.default, "put").mockRejectedValue(away);
  vi.spyOn(caches.default, "delete").mockRejectedValue(away);

  expect((await world.enrich({ siren })).status).toBe(200);
  expect((await world.enrich({ siren, sources: ["insee"] })).status).toBe(200);
});

test("an outage of KV is a miss too: the answer comes, from the sources or from Postgres", async () => {
  const world = await mintWorld();
  const siren = world.siren();
  const away = new Error("KV is away");
  const get = vi.spyOn(env.COMPANY_CACHE, "get").mockRejectedValue(away);
  vi.spyOn(env.COMPANY_CACHE, "put").mockRejectedValue(away);

  expect((await world.enrich({ siren })).status).toBe(200);
  expect(get).toHaveBeenCalled();
  const before = await world.calls(siren);
  get.mockRestore();
  await dropCopies(world, siren);
  vi.spyOn(env.COMPANY_CACHE, "get").mockRejectedValue(away);
  expect((await world.enrich({ siren })).headers.get("cache-status")).toContain("postgres; hit");
  expect(await world.calls(siren)).toEqual(before);
});

test("a copy written by another version of the program counts as none", async () => {
  const world = await mintWorld();
  const siren = world.siren();
  await world.enrich({ siren });
  await dropCopies(world, siren);
  await env.COMPANY_CACHE.put(`company:v1:${siren}`, JSON.stringify({ v: 99, siren, states: [] }));
  expect(await read(world, siren)).toContain("postgres; hit, kv; fwd=miss");
});

test("max_age 0 asks the sources again; a large one accepts what is old", async () => {
  const world = await mintWorld();
  const siren = world.siren();
  await world.enrich({ siren });
  await ageEverywhere(world, siren, 10 * DAY_MS);
  const before = await world.calls(siren);

  const old = await world.enrich({ siren, max_age: 30 * 86_400 });
  expect(Number(old.headers.get("age"))).toBeGreaterThanOrEqual(10 * 86_400);
  expect(await world.calls(siren)).toEqual(before);

  const now = await world.enrich({ siren, max_age: 0 });
  expect(now.headers.get("age")).toBe("0");
  expect(sum(await world.calls(siren)) - sum(before)).toBe(3);
});

test("only the sources named are asked, and a source added later does not ask the others again", async () => {
  const world = await mintWorld();
  const siren = world.siren();
  const first = Company.parse(await (await world.enrich({ siren, sources: ["insee"] })).json());
  expect(first.sources.map(({ name }) => name)).toEqual(["insee"]);
  expect(await world.calls(siren)).toMatchObject({ insee: 1, recherche_entreprises: 0, pappers: 0 });

  const answer = await world.enrich({ siren, sources: ["insee", "pappers"] });
  expect(answer.headers.get("x-cost-credits")).toBe("1");
  const second = Company.parse(await answer.json());
  expect(second.sources.map(({ name, cache }) => [name, cache])).toEqual([
    ["insee", "hit"],
    ["pappers", "miss"],
  ]);
  expect(await world.calls(siren)).toMatchObject({ insee: 1, recherche_entreprises: 0, pappers: 1 });
});

test("dropping the copies by hand makes the next read see what Postgres holds now", async () => {
  const world = await mintWorld();
  const siren = world.siren();
  await world.enrich({ siren });
  await ageStored(world, siren, DAY_MS);
  const ages = async (): Promise<number> => {
    const company = Company.parse(await (await world.request(`/api/v2/companies/${siren}`)).json());
    return Math.max(...company.sources.map(({ age_seconds }) => age_seconds));
  };
  expect(await ages()).toBeLessThan(3_600);
  await dropCopies(world, siren);
  expect(await ages()).toBeGreaterThanOrEqual(86_400);
});
