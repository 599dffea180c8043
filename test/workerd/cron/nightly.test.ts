import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { createPartitions } from "../../../src/cron/jobs/create-partitions.ts";
import { buildServices } from "../../../src/services.ts";
import { mintWorld } from "../../support/world.ts";

const services = buildServices(env);

test("the partitions of the coming months exist before their time, however often the job runs", async () => {
  const world = await mintWorld();
  await createPartitions(services);
  await createPartitions(services);
  const rows = await world.database.query(
    `select count(*)::int as count from pg_inherits where inhparent = 'snapshots'::regclass`,
  );
  expect(rows[0]?.["count"]).toBeGreaterThanOrEqual(5);
  const [ahead] = await world.database.query(
    "select to_regclass('snapshots_' || to_char(current_date + interval '3 months', 'YYYY_MM')) is not null as exists",
  );
  expect(ahead?.["exists"]).toBe(true);
});

test("rows that no partition was ready for move to theirs when it is created", async () => {
  const world = await mintWorld();
  const siren = world.siren();
  const at = "2087-05-17T00:00:00Z";
  await world.database.query(
    "insert into snapshots (siren, scraped_at, facts_hash, facts) values ($1, $2, '', '{}')",
    [siren, at],
  );
  await world.database.query("select ensure_month_partitions('snapshots', 'scraped_at', '2087-05-01', 1)");
  const rows = await world.database.query(
    "select tableoid::regclass::text as held from snapshots where siren = $1",
    [siren],
  );
  expect(rows).toEqual([{ held: "snapshots_2087_05" }]);
});

test("a division with enough companies gets medians that a score then uses; one with too few gets none", async () => {
  const world = await mintWorld();
  const insert = async (division: string, index: number, margin: number): Promise<void> => {
    const siren = world.siren(`${division} ${index}`);
    await world.database.transaction([
      world.database.query(
        `insert into companies (siren, diffusion, statut, code_naf, score, facts_hash, first_seen_at, last_scraped_at)
         values ($1, 'complete', 'active', $2, '{}', '', now(), now())`,
        [siren, `${division}.10Z`],
      ),
      world.database.query(
        `insert into finances (siren, annee, chiffre_affaires, resultat) values ($1, 2024, 1100, $2), ($1, 2023, 1000, 0)`,
        [siren, 1100 * margin],
      ),
    ]);
  };
  await Promise.all(Array.from({ length: 31 }, async (_, index) => insert("97", index, index / 100)));
  await Promise.all(Array.from({ length: 5 }, async (_, index) => insert("98", index, 0.5)));
  await services.sectors.refresh();
  const rows = await world.database.query(
    "select division, companies, median_marge, median_croissance, taux_cession from sector_references where division in ('97', '98')",
  );
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({ division: "97", companies: 31, taux_cession: null });
  expect(rows[0]?.["median_marge"]).toBeCloseTo(0.15, 10);
  expect(rows[0]?.["median_croissance"]).toBeCloseTo(0.1, 10);
});
