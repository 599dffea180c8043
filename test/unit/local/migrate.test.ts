import { readFileSync } from "node:fs";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isApiKeyShape } from "../../../src/auth/api-key.ts";
import { checkDatabaseUrl, migrate } from "../../../local/migrate.ts";
import { seedDemo } from "../../../local/seed.ts";
import { startTemporaryPostgres, type TemporaryPostgres } from "./temporary-postgres.ts";

function knowing(api_key: string) {
  return { api_key, password: "a password of an earlier start" };
}

describe("migrations and the demo account", () => {
  let postgres: TemporaryPostgres;
  let client: Client;

  beforeAll(async () => {
    postgres = await startTemporaryPostgres();
    client = new Client({ connectionString: postgres.url });
    await client.connect();
  });

  afterAll(async () => {
    await client.end();
    await postgres.remove();
  });

  test("two at once apply everything once, and a third changes nothing", async () => {
    const journal: unknown = JSON.parse(readFileSync("migrations/meta/_journal.json", "utf8"));
    const counts = await Promise.all([migrate(postgres.url), migrate(postgres.url)]);
    expect(counts[0]).toBe(counts[1]);
    expect(await migrate(postgres.url)).toBe(counts[0]);
    expect(journal).toHaveProperty("entries.length", counts[0]);
  });

  test("the table of companies that a migration made is vacuumed and has statistics, once", async () => {
    const { rows } = await client.query(
      "SELECT vacuum_count::int AS vacuums, analyze_count::int AS analyses FROM pg_stat_user_tables WHERE relname = 'companies'",
    );
    expect(rows).toEqual([{ vacuums: 1, analyses: 1 }]);
  });

  // Each start works out a password hash and whether the old one still fits: a second or two on a busy machine.
  test(
    "the key is kept while it works and the database has it, and there is only ever one",
    { timeout: 60_000 },
    async () => {
      const first = await seedDemo(postgres.url);
      expect(isApiKeyShape(first.apiKey)).toBe(true);
      expect((await seedDemo(postgres.url, knowing(first.apiKey))).apiKey).toBe(first.apiKey);

      await client.query("UPDATE api_keys SET revoked_at = now()");
      const second = await seedDemo(postgres.url, knowing(first.apiKey));
      expect(second.apiKey).not.toBe(first.apiKey);
      const unknown = await seedDemo(postgres.url, knowing("mai_live_of_another_database"));
      expect(unknown.apiKey).not.toBe(second.apiKey);

      const { rows } = await client.query(
        `SELECT o.plan, u.email, m.role, k.prefix FROM api_keys k JOIN organisations o ON o.id = k.organisation_id
       JOIN memberships m ON m.organisation_id = o.id JOIN users u ON u.id = m.user_id`,
      );
      expect(rows).toEqual([
        { plan: "admin", email: "demo@example.test", role: "owner", prefix: unknown.apiKey.slice(0, 16) },
      ]);
    },
  );

  test("a failing migration tells what Postgres said", async () => {
    await client.query("CREATE DATABASE clash");
    const url = new URL(postgres.url);
    url.pathname = "/clash";
    const other = new Client({ connectionString: url.toString() });
    await other.connect();
    await other.query("CREATE TABLE organisations (id int)");
    await expect(migrate(url.toString())).rejects.toThrow(
      /A migration failed and nothing was changed: .*organisations.* \(42P07\)/,
    );
    const { rows } = await other.query(
      "SELECT count(*)::int AS n FROM information_schema.tables WHERE table_schema = 'public'",
    );
    await other.end();
    expect(rows).toEqual([{ n: 1 }]);
  });

  test("a database that is not there is named without its password", async () => {
    const failure = await migrate("postgres://u:hush@127.0.0.1:1/x").catch((error: unknown) => String(error));
    expect(failure).toContain("127.0.0.1:1 (ECONNREFUSED");
    expect(failure).not.toContain("hush");
  });
});

test.each([
  [undefined, "DATABASE_URL is not set"],
  [" ", "DATABASE_URL is not set"],
  ["mysql://u:p@h/d", "is not a postgres:// URL"],
  ["nonsense", "is not a postgres:// URL"],
  ["postgres://u:p@ep-x-pooler.eu.aws.neon.tech/d", "Use the direct host: ep-x.eu.aws.neon.tech"],
])("DATABASE_URL=%s is refused: %s", (value, message) => {
  expect(() => checkDatabaseUrl(value)).toThrow(message);
});

test("a direct URL passes", () => {
  const url = "postgresql://u:p@ep-x.eu.aws.neon.tech/d?sslmode=require";
  expect(checkDatabaseUrl(url)).toBe(url);
});
