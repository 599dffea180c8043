import path from "node:path";
import { parseArgs } from "node:util";
import { Client } from "pg";
import { PROJECT_ROOT } from "./data-folder.ts";
import { type DatabaseReport, readDatabaseReport, type ReportLimits } from "./db-report-queries.ts";
import { reportText } from "./db-report-text.ts";
import { readDevInfo } from "./dev-info.ts";
import { describeError, errorCode, LocalError } from "./local-error.ts";

const USAGE = `Usage: npm run db:report [-- --limit 20 --min-calls 5 --json]

  --limit N      rows of each table (default 20)
  --min-calls N  of the averages: statements called at least so often (default 5)
  --json         for programs: statements whole, times in ms, sizes in bytes`;

const NOT_LOADED = `pg_stat_statements is not loaded, so that nothing was counted.
Neon loads it everywhere. Elsewhere: put it in shared_preload_libraries, start Postgres again, then run this again.`;
const NOT_ALLOWED = `pg_stat_statements is not installed in this database and this role may not do it.
Once, as the database's owner: create extension pg_stat_statements; grant pg_read_all_stats to <this role>;`;

interface Order extends ReportLimits {
  json: boolean;
}

/** What the database at `url` counted. Throws `LocalError` with what to do when it counts nothing. */
export async function databaseReport(url: string, limits: ReportLimits): Promise<DatabaseReport> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 15_000 });
  client.on("error", () => undefined);
  try {
    await client.connect();
    await ensureCounting(client);
    return await readDatabaseReport(client, limits);
  } finally {
    await client.end();
  }
}

async function ensureCounting(client: Client): Promise<void> {
  try {
    await client.query("create extension if not exists pg_stat_statements");
    await client.query("select 1 from pg_stat_statements_info");
  } catch (error) {
    const code = errorCode(error);
    if (code === "55000") throw new LocalError(NOT_LOADED, { cause: error });
    if (code === "42501") throw new LocalError(NOT_ALLOWED, { cause: error });
    throw error;
  }
}

/** DATABASE_URL, else the database of the stack that `npm start` keeps. */
export function findDatabaseUrl(env: Record<string, string | undefined>): string {
  const given = env["DATABASE_URL"];
  const url = given ?? readDevInfo(path.join(PROJECT_ROOT, ".data", "dev.json"))?.database_url;
  if (url === undefined) {
    throw new LocalError("Set DATABASE_URL, or start the local stack first: npm start");
  }
  if (!/^postgres(ql)?:\/\//.test(url)) throw new LocalError("DATABASE_URL is not a postgres:// URL");
  return url;
}

/** null: only the usage was asked for. */
export function readReportOrder(args: string[]): Order | null {
  const { values } = parse(args);
  if (values.help) return null;
  return {
    limit: count("--limit", values.limit, 1),
    minCalls: count("--min-calls", values["min-calls"], 0),
    json: values.json,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        limit: { type: "string", default: "20" },
        "min-calls": { type: "string", default: "5" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    throw new LocalError(`${describeError(error)}\n\n${USAGE}`);
  }
}

function count(name: string, text: string, least: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= 1_000_000) return value;
  throw new LocalError(`${name} must be a whole number from ${least} on, not "${text}"\n\n${USAGE}`);
}

async function carryOut(args: string[]): Promise<string> {
  const order = readReportOrder(args);
  if (order === null) return USAGE;
  const report = await databaseReport(findDatabaseUrl(process.env), order);
  return order.json ? JSON.stringify(report, null, 2) : reportText(report);
}

if (import.meta.main) {
  try {
    console.log(await carryOut(process.argv.slice(2)));
  } catch (error) {
    console.error(error instanceof LocalError ? error.message : `Stopped: ${describeError(error)}`);
    process.exitCode = 1;
  }
}
