import { expect, test } from "vitest";
import { Company } from "../../../src/domain/companies/company.ts";
import { countRows, dropCopies } from "../../support/stored-rows.ts";
import { mintWorld, type World } from "../../support/world.ts";

const SOURCES = ["recherche_entreprises", "bodacc", "ratios_inpi", "insee", "pappers"];

async function enriched(world: World, body: object): Promise<Company> {
  const response = await world.enrich(body);
  expect(response.status).toBe(200);
  return Company.parse(await response.json());
}

test("an enriched company is stored as rows that say what the answer says", async () => {
  const world = await mintWorld();
  const siren = world.siren();
  const company = await enriched(world, { siren, sources: SOURCES });

  const [row] = await world.database.query("select * from companies where siren = $1", [siren]);
  expect(row).toMatchObject({
    nom_entreprise: company.nom_entreprise,
    code_naf: company.code_naf,
    statut: company.statut,
    diffusion: company.diffusion,
    effectif: company.effectif,
    ville: company.siege?.ville,
    code_postal: company.siege?.code_postal,
    departement: company.siege?.departement,
    ma_score: company.ma_score,
  });
  expect(row?.["score"]).toEqual(company.score);
  expect(row?.["last_scraped_at"]).toBeInstanceOf(Date);
  const sources = await world.database.query("select source from company_sources where siren = $1", [siren]);
  expect(new Set(sources.map(({ source }) => source))).toEqual(new Set(SOURCES));
  expect({
    establishments: await countRows(world, "establishments", siren),
    finances: await countRows(world, "finances", siren),
    officers: await countRows(world, "officers", siren),
    events: await countRows(world, "events", siren),
    snapshots: await countRows(world, "snapshots", siren),
    scores: await countRows(world, "scores", siren),
  }).toEqual({
    establishments: company.etablissements.length,
    finances: company.details_financiers.length,
    officers: company.dirigeants.length,
    events: company.evenements.length,
    snapshots: 1,
    scores: 1,
  });
  expect(company.etablissements.length).toBeGreaterThan(0);
});

test("a snapshot lands in the partition of its month and holds the facts without score or contacts", async () => {
  const world = await mintWorld();
  const siren = world.siren();
  const company = await enriched(world, { siren });
  const [row] = await world.database.query(
    "select tableoid::regclass::text as partition, facts, scraped_at from snapshots where siren = $1",
    [siren],
  );
  const month = new Date(row?.["scraped_at"]).toISOString().slice(0, 7).replace("-", "_");
  expect(row?.["partition"]).toBe(`snapshots_${month}`);
  expect(row?.["facts"]).toMatchObject({ siren, nom_entreprise: company.nom_entreprise });
  expect(row?.["facts"]).not.toHaveProperty("contacts");
  expect(row?.["facts"]).not.toHaveProperty("score");
});

test("data that did not change adds no snapshot and no score; asking early does not stretch its freshness", async () => {
  const world = await mintWorld();
  const siren = world.siren();
  await enriched(world, { siren });
  await enriched(world, { siren, max_age: 0 });
  await enriched(world, { siren, max_age: 0 });
  expect(await countRows(world, "snapshots", siren)).toBe(1);
  expect(await countRows(world, "scores", siren)).toBe(1);
  const rows = await world.database.query(
    "select state -> 'unchanged' as n from company_sources where siren = $1",
    [siren],
  );
  expect(rows.map(({ n }) => n)).toEqual([0, 0, 0]);
});

/** An eligible company: only those have contributions that can change. */
async function eligible(world: World): Promise<string> {
  for (let count = 0; count < 20; count++) {
    const siren = world.siren(`company ${count}`);
    const company = await enriched(world, { siren });
    if (company.ma_score !== null && company.dirigeants.length > 0) return siren;
  }
  throw new Error("the sandbox makes nobody eligible");
}

test("data that changed adds a snapshot and a score, replaces the rows, and halves the freshness", async () => {
  const world = await mintWorld();
  const siren = await eligible(world);
  const officers = await countRows(world, "officers", siren);
  // As if the register had said less before: no officer, another name.
  await world.database.query(
    `update company_sources set state = jsonb_set(
       jsonb_set(jsonb_set(state, '{record,dirigeants}', '[]'), '{record_hash}', '"before"'),
       '{record,identite,nom_entreprise}', '"ANCIEN NOM"')
     where siren = $1 and source = 'recherche_entreprises'`,
    [siren],
  );
  await dropCopies(world, siren);
  const before = await enriched(world, { siren, sources: ["bodacc"], max_age: 0 });
  expect(before).toMatchObject({ nom_entreprise: "ANCIEN NOM", dirigeants: [] });
  expect(await countRows(world, "officers", siren)).toBe(0);
  expect(await countRows(world, "snapshots", siren)).toBe(2);
  expect(await countRows(world, "scores", siren)).toBe(2);

  const after = await enriched(world, { siren, sources: ["recherche_entreprises"], max_age: 0 });

  expect(after.nom_entreprise).not.toBe("ANCIEN NOM");
  expect(await countRows(world, "officers", siren)).toBe(officers);
  expect(await countRows(world, "snapshots", siren)).toBe(3);
  expect(await countRows(world, "scores", siren)).toBe(3);
  const [row] = await world.database.query(
    `select extract(epoch from fresh_until - retrieved_at)::int as ttl, (state -> 'unchanged')::int as unchanged
     from company_sources where siren = $1 and source = 'recherche_entreprises'`,
    [siren],
  );
  expect(row?.["unchanged"]).toBe(0);
  expect(row?.["ttl"]).toBeGreaterThanOrEqual(3_240);
  expect(row?.["ttl"]).toBeLessThanOrEqual(3_960);
});
