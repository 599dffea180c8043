import { expect, test, vi } from "vitest";
import { Company } from "../../../src/domain/companies/company.ts";
import { Score } from "../../../src/domain/scoring/score.ts";
import { mintWorld } from "../../support/world.ts";

async function ages(response: Response): Promise<number[]> {
  return Company.parse(await response.json()).sources.map((one) => one.age_seconds);
}

test("a company is read as it was enriched, with its tag; an unchanged one costs a 304", async () => {
  const world = await mintWorld();
  const siren = world.siren();
  await world.enrich({ siren });
  const first = await world.request(`/api/v2/companies/${siren}`);
  const etag = first.headers.get("etag") ?? "";
  expect(etag).toMatch(/^W\/"[0-9a-f]{32}"$/);
  expect(first.headers.get("cache-control")).toBe("no-store");

  for (const tag of [etag, etag.slice(2), `"other", ${etag}`, "*"]) {
    const again = await world.request(`/api/v2/companies/${siren}`, { headers: { "if-none-match": tag } });
    expect(again.status).toBe(304);
    expect(await again.text()).toBe("");
    expect(again.headers.get("etag")).toBe(etag);
  }
  const changed = await world.request(`/api/v2/companies/${siren}`, {
    headers: { "if-none-match": '"old"' },
  });
  expect(changed.status).toBe(200);
});

test("time passing and another isolate do not change the tag of unchanged facts", async () => {
  const world = await mintWorld();
  const siren = world.siren();
  await world.enrich({ siren });
  const read = async (): Promise<Response> => world.request(`/api/v2/companies/${siren}`);
  const first = await read();
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 120_000 });
  const later = await read();
  vi.useRealTimers();
  expect(later.headers.get("etag")).toBe(first.headers.get("etag"));
  expect(await ages(later)).not.toEqual(await ages(first));
});

test("a company nobody enriched is a 404 that says how to get it, and no source is asked", async () => {
  const world = await mintWorld();
  const siren = world.siren();
  const response = await world.request(`/api/v2/companies/${siren}`);
  expect(response.status).toBe(404);
  const problem: unknown = await response.json();
  expect(problem).toMatchObject({
    code: "company.not_found",
    detail: expect.stringContaining("POST /api/v2/scraping/enrich"),
  });
  expect(Object.values(await world.calls(siren)).every((count) => count === 0)).toBe(true);
});

test("HEAD answers as GET does, without a body", async () => {
  const world = await mintWorld();
  const siren = world.siren();
  await world.enrich({ siren });
  const response = await world.request(`/api/v2/companies/${siren}`, { method: "HEAD" });
  expect(response.status).toBe(200);
  expect(await response.text()).toBe("");
});

test("a SIREN written with spaces reads the same company", async () => {
  const world = await mintWorld();
  const siren = world.siren();
  await world.enrich({ siren: `${siren.slice(0, 3)} ${siren.slice(3, 6)} ${siren.slice(6)}` });
  expect((await world.request(`/api/v2/companies/${siren.slice(0, 3)}%20${siren.slice(3)}`)).status).toBe(
    200,
  );
});

test("a SIRET enriches its company; a wrong check digit of its own is a warning", async () => {
  const world = await mintWorld();
  const siren = world.siren();
  const answers = await Promise.all(
    ["00017", "00018"].map(async (nic) =>
      Company.parse(await (await world.enrich({ siret: siren + nic })).json()),
    ),
  );
  expect(answers.map((company) => company.siren)).toEqual([siren, siren]);
  expect(answers.filter((company) => company.warnings?.[0]?.code === "siret.checksum")).not.toEqual([]);
});

test("fields keeps what was asked for and nothing else", async () => {
  const world = await mintWorld();
  const siren = world.siren();
  const query = "?fields=siren,siege.ville,details_financiers.annee,ma_score";
  const enriched: unknown = await (await world.enrich({ siren }, query)).json();
  const read: unknown = await (await world.request(`/api/v2/companies/${siren}${query}`)).json();
  expect(read).toEqual(enriched);
  expect(Object.keys(Object(read)).sort()).toEqual(["details_financiers", "ma_score", "siege", "siren"]);
  expect(Object.keys(Object(read).siege)).toEqual(["ville"]);
  for (const year of Object(read).details_financiers) expect(Object.keys(year)).toEqual(["annee"]);
});

test("one field's provenance can be asked for by its whole path", async () => {
  const world = await mintWorld();
  const siren = world.siren();
  await world.enrich({ siren });
  const query = "?provenance=true&fields=provenance.siege.ville,provenance.details_financiers.0";
  const read = await world.request(`/api/v2/companies/${siren}${query}`);
  const { provenance } = Object(await read.json());
  expect(Object.keys(provenance)).toContain("siege.ville");
  expect((await world.request(`/api/v2/companies/${siren}?fields=provenance.nothing`)).status).toBe(400);
});

test("an old score does not change the tag with every read", async () => {
  const world = await mintWorld();
  const siren = world.siren();
  await world.enrich({ siren });
  const tags = new Set<string | null>();
  for (const hours of [1.1, 1.2, 1.3]) {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + hours * 3_600_000 });
    for (const path of ["", "/score"]) {
      tags.add(path + (await world.request(`/api/v2/companies/${siren}${path}`)).headers.get("etag"));
    }
    vi.useRealTimers();
  }
  expect(tags.size).toBe(2);
});

test("provenance names source, dates and confidence of every field that has a value", async () => {
  const world = await mintWorld();
  const siren = world.siren();
  const body = { siren, sources: ["recherche_entreprises", "bodacc", "ratios_inpi", "pappers"] };
  const company = Company.parse(await (await world.enrich(body, "?provenance=true")).json());
  const provenance = company.provenance ?? {};
  expect(provenance["nom_entreprise"]).toMatchObject({ value: company.nom_entreprise, cache: "miss" });
  const known = Object.entries(company).filter(
    ([name, value]) => name in Company.shape && typeof value === "string" && name in provenance,
  );
  expect(known.length).toBeGreaterThan(3);
  for (const [name, value] of known) expect(provenance[name]?.value).toBe(value);
  for (const one of Object.values(provenance)) expect(body.sources).toContain(one.source);
});

test("the score route gives the company's score with reasons that add up", async () => {
  const world = await mintWorld();
  const siren = world.siren();
  const company = Company.parse(await (await world.enrich({ siren })).json());
  const response = await world.request(`/api/v2/companies/${siren}/score`);
  const score = Score.parse(await response.json());
  expect(score).toEqual(company.score);
  const sum = score.contributions.reduce((total, { points }) => total + points, 0);
  expect(sum).toBe(score.ma_score ?? 0);
});

test("a company given in the body is scored as the stored one, and nothing is stored", async () => {
  const world = await mintWorld();
  const siren = world.siren();
  const company: unknown = await (await world.enrich({ siren })).json();
  const calculate = async (body: unknown): Promise<Response> =>
    world.request("/api/v2/scoring/calculate", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const score = Score.parse(await (await calculate(company)).json());
  expect(score.ma_score).toBe(Company.parse(company).ma_score);

  const parts = {
    details_financiers: [{ annee: 2024, chiffre_affaires: 100, resultat: 10 }],
    dirigeants: [{ type: "personne_physique" }],
  };
  expect((await calculate(parts)).status).toBe(200);
  const figures = await calculate({ chiffre_affaires: 5_200_000, resultat: 390_000, annee_comptes: 2025 });
  expect(await figures.text()).toContain("7,5 %");
  expect((await calculate({ details_financiers: [{ annee: 99_999 }] })).status).toBe(400);
  const large = {
    etablissements: Array.from({ length: 200 }, () => ({
      siret: "0".repeat(14),
      siege: false,
      adresse: "x".repeat(600),
    })),
  };
  expect((await calculate(large)).status).toBe(200);

  const other = world.siren("never stored");
  expect((await calculate({ siren: other, code_naf: "25.62B" })).status).toBe(200);
  expect((await world.request(`/api/v2/companies/${other}`)).status).toBe(404);
  const refused = await calculate({ chiffre_affaire: 1 });
  expect(refused.status).toBe(400);
  expect(await refused.text()).toContain("chiffre_affaires");
});

test("cached copies are dropped by hand; the record stays", async () => {
  const world = await mintWorld();
  const siren = world.siren();
  await world.enrich({ siren });
  const dropped = await world.request(`/api/v2/companies/${siren}/cache`, { method: "DELETE" });
  expect(dropped.status).toBe(204);
  const read = await world.request(`/api/v2/companies/${siren}`);
  expect(read.headers.get("cache-status")).toBe(
    "postgres; hit, kv; fwd=miss, edge; fwd=miss, isolate; fwd=miss",
  );
});
