import { existsSync } from "node:fs";
import path from "node:path";
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate as applyMigrations } from "drizzle-orm/node-postgres/migrator";
import { Client } from "pg";
import { countOf } from "./count-of.ts";
import { PROJECT_ROOT } from "./data-folder.ts";
import { describeError, errorCode, LocalError } from "./local-error.ts";

const MIGRATIONS_FOLDER = path.join(PROJECT_ROOT, "migrations");
/** Any fixed number: two deployments that migrate the same database wait for each other. */
const MIGRATION_LOCK = 732_411_905;
const CONNECT_TIMEOUT_MS = 15_000;

/**
 * Applies what is not applied yet, in one transaction; returns how many migrations the database now has. Searches are
 * ready when it returns: rows that were written anew have no statistics and no visibility map.
 */
export async function migrate(databaseUrl: string): Promise<number> {
  if (!existsSync(path.join(MIGRATIONS_FOLDER, "meta", "_journal.json"))) return 0;
  const client = await connect(databaseUrl);
  try {
    const before = await apply(client);
    const count = await countApplied(client);
    if (count > before) await vacuum(client);
    return count;
  } finally {
    // Ends the session, and its lock with it.
    await client.end();
  }
}

/** Returns how many migrations the database had before. */
async function apply(client: Client): Promise<number> {
  try {
    await client.query("SELECT pg_advisory_lock($1)", [MIGRATION_LOCK]);
    const before = await countApplied(client);
    await applyMigrations(drizzle(client), { migrationsFolder: MIGRATIONS_FOLDER });
    return before;
  } catch (error) {
    throw explain(error);
  }
}

async function vacuum(client: Client): Promise<void> {
  try {
    await client.query("VACUUM (ANALYZE) companies");
  } catch (error) {
    const reason = describeError(error);
    throw new LocalError(
      `The migrations are applied, but VACUUM (ANALYZE) companies failed: ${reason}. Searches are slow until it is run.`,
      { cause: error },
    );
  }
}

/** DATABASE_URL as typed, refused with the reason when it cannot work. */
export function checkDatabaseUrl(value: string | undefined): string {
  const example = "DATABASE_URL='postgres://user:password@host/database' npm run db:migrate";
  if (value === undefined || value.trim() === "")
    throw new LocalError(`DATABASE_URL is not set. Example: ${example}`);
  const url = URL.canParse(value) ? new URL(value) : null;
  if (url === null || !["postgres:", "postgresql:"].includes(url.protocol)) {
    throw new LocalError(`DATABASE_URL is not a postgres:// URL. Example: ${example}`);
  }
  if (url.hostname.includes("-pooler.")) {
    throw new LocalError(
      `DATABASE_URL points at Neon's connection pooler, where migrations cannot be locked. ` +
        `Use the direct host: ${url.hostname.replace("-pooler.", ".")}`,
    );
  }
  return value;
}

async function connect(databaseUrl: string): Promise<Client> {
  const client = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  client.on("error", () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    const { hostname, port } = new URL(databaseUrl);
    const reason = [errorCode(error), describeError(error)].filter(Boolean).join(": ");
    throw new LocalError(`Cannot connect to the database at ${hostname}:${port || "5432"} (${reason})`, {
      cause: error,
    });
  }
}

async function countApplied(client: Client): Promise<number> {
  const { rows } = await client.query<{ there: boolean }>(
    "SELECT to_regclass('drizzle.__drizzle_migrations') IS NOT NULL AS there",
  );
  if (rows[0]?.there !== true) return 0;
  const result = await client.query<{ count: number }>(
    "SELECT count(*)::int AS count FROM drizzle.__drizzle_migrations",
  );
  return result.rows[0]?.count ?? 0;
}

/** Drizzle wraps the error in one that only repeats the statement: what Postgres said is its cause. */
function explain(error: unknown): LocalError {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const statement = cause === error ? "" : `\n${describeError(error)}`;
  const code = errorCode(cause);
  return new LocalError(
    `A migration failed and nothing was changed: ${describeError(cause)}${code === null ? "" : ` (${code})`}${statement}`,
    { cause: error },
  );
}

if (import.meta.main) {
  try {
    const count = await migrate(checkDatabaseUrl(process.env["DATABASE_URL"]));
    console.log(`The database is up to date: ${countOf(count, "migration")} applied in all.`);
  } catch (error) {
    if (!(error instanceof LocalError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
