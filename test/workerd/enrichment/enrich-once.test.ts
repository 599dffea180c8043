import { expect, test } from "vitest";
import { Company } from "../../../src/domain/companies/company.ts";
import { mintWorld } from "../../support/world.ts";

const FREE = { recherche_entreprises: 1, bodacc: 1, ratios_inpi: 1, insee: 0, pappers: 0, kaspr: 0 };

test("a SIREN becomes an enriched, scored company that is stored and read back", async () => {
  const world = await mintWorld();
  const siren = world.siren();

  const enriched = await world.enrich({ siren });

  expect(enriched.status).toBe(200);
  const company = Company.parse(await enriched.json());
  expect(company.siren).toBe(siren);
  expect(company.nom_entreprise).toContain("FICTIF");
  expect(company.sources.map(({ name }) => name).sort()).toEqual([
    "bodacc",
    "ratios_inpi",
    "recherche_entreprises",
  ]);
  expect(company.score?.model).toBe("regles-2026-11");
  expect(await world.calls(siren)).toEqual(FREE);

  const read = await world.request(`/api/v2/companies/${siren}`);
  expect(read.status).toBe(200);
  expect(Company.parse(await read.json()).nom_entreprise).toBe(company.nom_entreprise);
});

test("1,000 people who ask for the same unknown company at once cost one call per source", async () => {
  const world = await mintWorld();
  const siren = world.siren();
  await world.fault({ siren, latency_ms: 300 });
  const sources = ["recherche_entreprises", "bodacc", "ratios_inpi", "insee", "pappers"];
  // They have been here before: what is new is the company.
  await world.request("/api/v2/limits");

  const answers = await Promise.all(
    Array.from({ length: 1_000 }, async () => (await world.enrich({ siren, sources })).status),
  );

  expect(new Set(answers)).toEqual(new Set([200]));
  expect(await world.calls(siren)).toEqual({ ...FREE, insee: 1, pappers: 1 });
});
