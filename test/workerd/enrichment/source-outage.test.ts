import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { Company } from "../../../src/domain/companies/company.ts";
import { Problem } from "../../../src/http/problem.ts";
import { ageEverywhere, countRows, HOUR_MS } from "../../support/stored-rows.ts";
import { mintWorld } from "../../support/world.ts";

const DAY_MS = 24 * HOUR_MS;

const iso = (ms: number): string => new Date(ms).toISOString();

test.each([
  ["answers 500", { status: 500 }, "unavailable"],
  ["is silent", { latency_ms: 10_000 }, "timeout"],
])("a stored company answers stale with its age when every source %s", async (_case, fault, reason) => {
  const world = await mintWorld();
  const siren = world.siren();
  await world.enrich({ siren });
  await ageEverywhere(world, siren, 9 * DAY_MS);
  await world.fault({ siren, ...fault });

  const answer = await world.enrich({ siren });

  expect(answer.status).toBe(200);
  expect(Number(answer.headers.get("age"))).toBeGreaterThanOrEqual(9 * 86_400);
  const company = Company.parse(await answer.json());
  expect(company.nom_entreprise).toContain("FICTIF");
  for (const source of company.sources) {
    expect(source).toMatchObject({ cache: "stale", refresh_failure: reason });
    expect(source.age_seconds).toBeGreaterThanOrEqual(9 * 86_400);
  }
  expect(company).toMatchObject({ partial: false, missing: [] });

  await world.fault({ siren, clear: true });
  const back = Company.parse(await (await world.enrich({ siren })).json());
  expect(back.sources.map(({ cache, refresh_failure }) => [cache, refresh_failure])).toEqual(
    back.sources.map(() => ["miss", null]),
  );
});

test.each([
  ["answers 500", { status: 500 }, "unavailable"],
  ["is silent", { latency_ms: 10_000 }, "timeout"],
])(
  "an unknown company is a 503 to try again when every source %s, and is found after it",
  async (_case, fault, reason) => {
    const world = await mintWorld();
    const siren = world.siren();
    await world.fault({ siren, ...fault });

    const answer = await world.enrich({ siren });

    expect(answer.status).toBe(503);
    expect(answer.headers.get("content-type")).toContain("application/problem+json");
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    const problem = Problem.parse(await answer.json());
    expect(problem).toMatchObject({ code: "enrichment.unavailable", retryable: true });
    expect(problem.missing).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ source: "recherche_entreprises", reason }),
        expect.objectContaining({ source: "bodacc", reason }),
      ]),
    );
    expect(await env.COMPANY_CACHE.get(`company:v1:${siren}`)).toBeNull();
    expect(await countRows(world, "companies", siren)).toBe(0);

    await world.fault({ siren, clear: true });
    expect((await world.enrich({ siren })).status).toBe(200);
  },
);

test("one source that fails leaves a partial company that says which one and why", async () => {
  const world = await mintWorld();
  const siren = world.siren();
  await world.fault({ siren, provider: "bodacc", status: 500 });

  const company = Company.parse(await (await world.enrich({ siren })).json());

  expect(company).toMatchObject({ partial: true, missing: [{ source: "bodacc", reason: "unavailable" }] });
  expect(company.sources.map(({ name }) => name).toSorted()).toEqual([
    "ratios_inpi",
    "recherche_entreprises",
  ]);
  expect(await world.calls(siren)).toMatchObject({ bodacc: 3, recherche_entreprises: 1 });

  await world.fault({ siren, clear: true });
  const whole = Company.parse(await (await world.enrich({ siren })).json());
  expect(whole).toMatchObject({ partial: false, missing: [] });
  expect(await world.calls(siren)).toMatchObject({ bodacc: 4, recherche_entreprises: 1 });
});

test("a source that fails now and then is asked again within the request", async () => {
  const world = await mintWorld();
  const outcomes: { status: number; calls: number }[] = [];
  for (let count = 0; count < 6; count++) {
    const siren = world.siren(`company ${count}`);
    await world.fault({ siren, provider: "insee", status: 503, error_rate: 0.5 });
    const { status } = await world.enrich({ siren, sources: ["insee"] });
    outcomes.push({ status, calls: (await world.calls(siren))["insee"] ?? 0 });
  }
  // The sandbox draws from the SIREN: the same calls fail in every run.
  expect(outcomes.filter(({ status, calls }) => status === 200 && calls > 1)).not.toEqual([]);
  for (const { status, calls } of outcomes) expect(calls === 3 || status === 200).toBe(true);
});

test("one source that fails while another knows no such company is no proof that it does not exist", async () => {
  const world = await mintWorld();
  const siren = world.siren();
  const sources = ["insee", "pappers"];
  await world.fault({ siren, provider: "insee", status: 404 });
  await world.fault({ siren, provider: "pappers", status: 500 });

  const answer = await world.enrich({ siren, sources });
  expect(answer.status).toBe(503);
  expect(Problem.parse(await answer.json()).missing).toMatchObject([
    { source: "pappers", reason: "unavailable" },
  ]);

  await world.fault({ siren, provider: "pappers", status: 404 });
  const gone = await world.enrich({ siren, sources });
  expect(gone.status).toBe(404);
  expect(Problem.parse(await gone.json()).code).toBe("enrichment.not_found");
  expect(await world.calls(siren)).toMatchObject({ insee: 1, pappers: 4 });
});

test("a company that no source knows is not asked for again while that is fresh", async () => {
  const world = await mintWorld();
  const siren = world.siren();
  await world.fault({ siren, provider: "insee", status: 404 });
  expect((await world.enrich({ siren, sources: ["insee"] })).status).toBe(404);
  expect(await world.calls(siren)).toMatchObject({ insee: 1 });
  await world.fault({ siren, clear: true });

  expect((await world.enrich({ siren, sources: ["insee"] })).status).toBe(404);
  const read = await world.request(`/api/v2/companies/${siren}`);
  expect(Problem.parse(await read.json()).code).toBe("company.not_found");
  expect(await world.calls(siren)).toMatchObject({ insee: 1 });
  expect(await countRows(world, "companies", siren)).toBe(0);

  expect((await world.enrich({ siren, sources: ["insee"], max_age: 0 })).status).toBe(200);
});

test("a source that loses a company it knew leaves its last words, as stale", async () => {
  const world = await mintWorld();
  const siren = world.siren();
  const first = Company.parse(await (await world.enrich({ siren, sources: ["insee"] })).json());
  await world.fault({ siren, provider: "insee", status: 404 });

  const answer = await world.enrich({ siren, sources: ["insee"], max_age: 0 });

  const company = Company.parse(await answer.json());
  expect(company.nom_entreprise).toBe(first.nom_entreprise);
  expect(company.sources).toMatchObject([
    { name: "insee", found: true, cache: "stale", retrieved_at: first.sources[0]?.retrieved_at },
  ]);
});

test("what KV remembers as unknown is believed while fresh, and asked anew when it is not", async () => {
  const world = await mintWorld();
  const siren = world.siren();
  const remember = async (freshUntil: number): Promise<void> => {
    const state = {
      source: "recherche_entreprises",
      record: null,
      record_hash: "none",
      partial: false,
      retrieved_at: iso(Date.now() - HOUR_MS),
      fresh_until: iso(freshUntil),
      unchanged: 0,
      vanished: false,
    };
    const copy = { v: 1, siren, states: [state], sector: null, score: null };
    await env.COMPANY_CACHE.put(`company:v1:${siren}`, JSON.stringify(copy));
  };
  const sources = ["recherche_entreprises"];

  await remember(Date.now() + 60_000);
  expect((await world.enrich({ siren, sources })).status).toBe(404);
  expect(await world.calls(siren)).toMatchObject({ recherche_entreprises: 0 });

  await remember(Date.now() - 1);
  expect((await world.enrich({ siren, sources })).status).toBe(200);
  expect(await world.calls(siren)).toMatchObject({ recherche_entreprises: 1 });
});
