import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import { z } from "zod";
import { dropPartitions } from "../../../src/cron/jobs/drop-partitions.ts";
import { purgeExports } from "../../../src/cron/jobs/purge-exports.ts";
import { refreshAnalytics } from "../../../src/cron/jobs/refresh-analytics.ts";
import { Logger } from "../../../src/observability/logger.ts";
import { buildServices } from "../../../src/services.ts";
import { mintExport } from "../exports/export-world.ts";
import { mintWorld, type World } from "../../support/world.ts";

const services = buildServices(env);

async function insertSnapshot(world: World, siren: string, at: string): Promise<void> {
  await world.database.query(
    "insert into snapshots (siren, scraped_at, facts_hash, facts) values ($1, $2, '', '{}')",
    [siren, at],
  );
}

async function held(world: World, table: string): Promise<unknown> {
  const [row] = await world.database.query("select to_regclass($1) is not null as held", [table]);
  return row?.["held"];
}

function monthsAgo(months: number): string {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - months, 15)).toISOString();
}

function partition(table: string, months: number): string {
  return `${table}_${monthsAgo(months).slice(0, 7).replace("-", "_")}`;
}

test("months of snapshots older than three years go at night; younger ones, and every month of the audit, stay", async () => {
  const world = await mintWorld();
  const siren = world.siren();
  for (const months of [35, 36, 37, 38]) {
    const at = monthsAgo(months);
    await world.database.query("select ensure_month_partitions('snapshots', 'scraped_at', $1::date, 1)", [
      at,
    ]);
    await insertSnapshot(world, siren, at);
  }
  await world.database.query("select ensure_month_partitions('audit_logs', 'at', $1::date, 1)", [
    monthsAgo(38),
  ]);
  await dropPartitions(services);
  const rows = await world.database.query(
    "select tableoid::regclass::text as held from snapshots where siren = $1 order by scraped_at",
    [siren],
  );
  expect(rows).toEqual([{ held: partition("snapshots", 36) }, { held: partition("snapshots", 35) }]);
  const [audit] = await world.database.query("select to_regclass($1) is not null as exists", [
    partition("audit_logs", 38),
  ]);
  expect(audit).toEqual({ exists: true });
});

test("snapshots older than three years go as well when their month had no partition", async () => {
  const world = await mintWorld();
  const siren = world.siren();
  // Months that no other test makes a partition of.
  await insertSnapshot(world, siren, monthsAgo(61));
  await insertSnapshot(world, siren, monthsAgo(-60));
  await dropPartitions(services);
  const rows = await world.database.query(
    "select tableoid::regclass::text as held, scraped_at > now() as younger from snapshots where siren = $1",
    [siren],
  );
  expect(rows).toEqual([{ held: "snapshots_default", younger: true }]);
  await world.database.query("delete from snapshots where siren = $1", [siren]);
});

test("a month that somebody reads stays until the next night, and the log says so", async () => {
  const world = await mintWorld();
  const siren = world.siren();
  const at = monthsAgo(50);
  const month = partition("snapshots", 50);
  await world.database.query("select ensure_month_partitions('snapshots', 'scraped_at', $1::date, 1)", [at]);
  await insertSnapshot(world, siren, at);
  const lines: string[] = [];
  const night = {
    ...services,
    log: new Logger({ level: "info", write: (line) => lines.push(line), now: Date.now }),
  };

  const reading = world.database
    .transaction([
      world.database.query(`select count(*) from ${month}`),
      world.database.query("select pg_sleep(60)"),
    ])
    .catch((error: unknown) => String(error));
  const reader =
    "select pid from pg_locks where relation = to_regclass($1) and granted and pid <> pg_backend_pid()";
  const pid = await vi.waitFor(
    async () => {
      const [row] = await world.database.query(reader, [month]);
      return z.object({ pid: z.int() }).parse(row).pid;
    },
    { timeout: 20_000, interval: 100 },
  );
  await dropPartitions(night);
  expect(JSON.parse(lines.join(""))).toMatchObject({ event: "partitions_dropped", busy: 1 });
  expect(await held(world, month)).toBe(true);

  await world.database.query("select pg_cancel_backend($1)", [pid]);
  expect(await reading).toContain("canceling statement");
  await dropPartitions(night);
  expect(await held(world, month)).toBe(false);
}, 40_000);

test("the figures of a sector are those of last night", async () => {
  const world = await mintWorld();
  await world.database.query(
    `insert into companies (siren, diffusion, statut, code_naf, ma_score, chiffre_affaires, score, facts_hash, first_seen_at, last_scraped_at)
     values ($1, 'complete', 'active', '98.20Z', 40, 1000, '{}', '', now(), now()), ($2, 'complete', 'active', '98.20Z', 60, null, '{}', '', now(), now())`,
    [world.siren("one"), world.siren("two")],
  );
  await refreshAnalytics(services);
  const rows = await world.database.query(
    "select entreprises, score_moyen, entreprises_avec_ca, ca_moyen from mv_ma_analytics where code_naf = '98.20Z'",
  );
  expect(rows).toEqual([{ entreprises: 2, score_moyen: 50, entreprises_avec_ca: 1, ca_moyen: 1000 }]);
});

test("exports that ended three months ago go at night, unless a file of theirs is still there", async () => {
  const world = await mintWorld();
  const minted = {
    old: await mintExport(world, { status: "failed" }),
    withFile: await mintExport(world),
    young: await mintExport(world, { status: "failed" }),
  };
  const end = async (id: string, days: number): Promise<void> => {
    await world.database.query(
      "update exports set finished_at = now() - make_interval(days => $2) where id = $1",
      [id, days],
    );
  };
  await end(minted.old.id, 91);
  await end(minted.withFile.id, 91);
  await end(minted.young.id, 89);
  await purgeExports(services);
  const rows = await world.database.query("select id from exports where organisation_id = $1 order by id", [
    world.organisationId,
  ]);
  expect(rows).toEqual([minted.withFile.id, minted.young.id].sort().map((id) => ({ id })));
});
