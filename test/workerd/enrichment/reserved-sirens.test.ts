import { afterEach, expect, test } from "vitest";
import { Company } from "../../../src/domain/companies/company.ts";
import { RESERVED_SIRENS } from "../../../src/domain/companies/reserved-sirens.ts";
import { Problem } from "../../../src/http/problem.ts";
import { inspectGate, resetGates } from "../../support/source-gates.ts";
import { mintWorld } from "../../support/world.ts";

const MINUTE = 60_000;
const FREE = ["recherche_entreprises", "bodacc", "ratios_inpi"] as const;

afterEach(resetGates);

test("not_found: 404, every source answered", async () => {
  const world = await mintWorld();
  const sources = [...FREE, "insee", "pappers"];
  const answer = await world.enrich({ siren: RESERVED_SIRENS.not_found, sources });
  expect(answer.status).toBe(404);
  expect(Problem.parse(await answer.json()).code).toBe("enrichment.not_found");
});

test("partial: found, said to be partial, and believed for five minutes only", async () => {
  const world = await mintWorld();
  const siren = RESERVED_SIRENS.partial;
  const answer = await world.enrich({ siren, sources: [...FREE, "pappers"] });
  expect(Company.parse(await answer.json())).toMatchObject({
    partial: true,
    missing: [{ source: "pappers", reason: "partial_answer" }],
  });
  const [row] = await world.database.query(
    "select fresh_until, retrieved_at from company_sources where siren = $1 and source = 'pappers'",
    [siren],
  );
  const ttl = Number(row?.["fresh_until"]) - Number(row?.["retrieved_at"]);
  expect(ttl).toBeGreaterThanOrEqual(4.5 * MINUTE);
  expect(ttl).toBeLessThanOrEqual(5.5 * MINUTE);
});

test("rate_limited: 503 that says when to come back; nobody calls before", async () => {
  const world = await mintWorld();
  const started = Date.now();
  const answer = await world.enrich({ siren: RESERVED_SIRENS.rate_limited, sources: ["insee"] });
  expect(answer.status).toBe(503);
  expect(answer.headers.get("retry-after")).toBe("2");
  expect(Problem.parse(await answer.json()).missing).toMatchObject([{ source: "insee", reason: "busy" }]);
  expect(Date.now() - started).toBeGreaterThanOrEqual(2_000);

  const gate = await inspectGate("insee");
  expect(gate).toMatchObject({ pauseReason: "busy", failures: 0 });
  const other = world.siren();
  expect((await world.enrich({ siren: other, sources: ["insee"] })).status).toBe(200);
  expect(Date.now()).toBeGreaterThanOrEqual(gate.pausedUntil);
  expect(await world.calls(other)).toMatchObject({ insee: 1 });
});

test.each([
  ["unavailable", "unavailable"],
  ["slow", "timeout"],
  ["malformed", "malformed"],
] as const)("%s: 503, nothing concluded", async (name, reason) => {
  const world = await mintWorld();
  const answer = await world.enrich({ siren: RESERVED_SIRENS[name] });
  expect(answer.status).toBe(503);
  const problem = Problem.parse(await answer.json());
  expect(problem.code).toBe("enrichment.unavailable");
  expect(problem.missing).toMatchObject(FREE.map((source) => ({ source, reason })));
});

test("no_credits: the free sources answer; the paid one is left alone, as out of credits and not as a bad key", async () => {
  const world = await mintWorld();
  const sources = ["recherche_entreprises", "pappers"];
  const answer = await world.enrich({ siren: RESERVED_SIRENS.no_credits, sources });
  expect(answer.status).toBe(200);
  expect(Company.parse(await answer.json())).toMatchObject({
    partial: true,
    missing: [{ source: "pappers", reason: "quota_exhausted" }],
  });
  expect(await inspectGate("pappers")).toMatchObject({ pauseReason: "quota_exhausted", failures: 0 });

  const other = world.siren();
  const next = Company.parse(await (await world.enrich({ siren: other, sources })).json());
  expect(next.missing).toMatchObject([{ source: "pappers", reason: "quota_exhausted" }]);
  const wait = next.missing[0]?.retry_after_seconds ?? 0;
  expect(wait).toBeGreaterThan(30);
  expect(wait).toBeLessThanOrEqual(60);
  expect(await world.calls(other)).toMatchObject({ pappers: 0, recherche_entreprises: 1 });
});

test("confidential_accounts: the turnover is withheld, and said to be, instead of a zero", async () => {
  const world = await mintWorld();
  const answer = await world.enrich({ siren: RESERVED_SIRENS.confidential_accounts });
  const company = Company.parse(await answer.json());
  expect(company).toMatchObject({ chiffre_affaires: null, partial: false });
  expect(["partielle", "confidentielle"]).toContain(company.confidentialite);
  for (const year of company.details_financiers) expect(year.chiffre_affaires).toBeNull();
  expect(company.evenements.map(({ type }) => type)).toContain("comptes_confidentiels");
});

test("partial_diffusion: the company without what its owner opposed to publish", async () => {
  const world = await mintWorld();
  const answer = await world.enrich({
    siren: RESERVED_SIRENS.partial_diffusion,
    sources: [...FREE, "insee"],
  });
  const text = await answer.text();
  expect(text).not.toMatch(/NON-DIFFUSIBLE|\[ND\]/);
  const company = Company.parse(JSON.parse(text));
  expect(company).toMatchObject({ diffusion: "partielle", nom_entreprise: null });
  expect(company.siege?.adresse ?? null).toBeNull();
  for (const officer of company.dirigeants) expect(officer.nom).toBeNull();
});
