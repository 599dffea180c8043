import { afterAll, beforeAll, expect, test } from "vitest";
import { Client } from "pg";
import { databaseReport, findDatabaseUrl, readReportOrder } from "../../../local/db-report.ts";
import { reportText } from "../../../local/db-report-text.ts";
import { migrate } from "../../../local/migrate.ts";
import { startTemporaryPostgres, type TemporaryPostgres } from "./temporary-postgres.ts";

let postgres: TemporaryPostgres;

beforeAll(async () => {
  postgres = await startTemporaryPostgres();
  await migrate(postgres.url);
}, 60_000);

afterAll(async () => {
  await postgres.remove();
});

test("the report shows what statements cost and no value that anybody sent", async () => {
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  await client.query("create extension if not exists pg_stat_statements");
  for (let call = 0; call < 6; call++) {
    await client.query("select siren from companies where nom_entreprise = 'SECRET-NAME' and siren > $1", [
      "1",
    ]);
    await client.query("set application_name = 'SECRET-SETTING'");
  }
  await client.end();
  const report = await databaseReport(postgres.url, { limit: 50, minCalls: 5 });
  const mine = report.by_total.find(({ query }) => query.includes("nom_entreprise ="));
  expect(mine).toMatchObject({ calls: 6, rows: 0 });
  expect(mine?.query).toMatch(/nom_entreprise = \$\d and siren > \$\d/);
  expect(JSON.stringify(report)).not.toContain("SECRET");
  const text = reportText(report);
  expect(text).toContain("MOST TIME IN ALL");
  expect(text).toContain("companies_walk_score");
  expect(text).not.toContain("SECRET");
});

test("averages of few calls are left out, single slow calls are not", async () => {
  const report = await databaseReport(postgres.url, { limit: 50, minCalls: 1_000_000 });
  expect(report.by_mean).toEqual([]);
  expect(report.by_total.length).toBeGreaterThan(0);
  const slowest = report.by_max.map(({ max_ms }) => max_ms);
  expect(slowest.length).toBeGreaterThan(0);
  expect(slowest).toEqual(slowest.toSorted((a, b) => b - a));
});

test("orders and addresses that make no sense are refused, with what would", () => {
  expect(readReportOrder([])).toEqual({ limit: 20, minCalls: 5, json: false });
  expect(() => readReportOrder(["--limit", "none"])).toThrow("--limit must be a whole number");
  expect(() => readReportOrder(["--limti", "3"])).toThrow("Usage");
  expect(() => findDatabaseUrl({ DATABASE_URL: "http://db.test" })).toThrow("not a postgres:// URL");
});
