import { neon, neonConfig, type NeonQueryFunction } from "@neondatabase/serverless";
import { StorageUnavailable } from "../../domain/enrichment/errors.ts";
import type { QueryProfiler } from "./query-profiler.ts";
import { isMistake, isTooSlow } from "./statement-failure.ts";

/** Neon over HTTP: holds no connection, so that one value serves every request of an isolate. */
export type Database = NeonQueryFunction<false, false>;

const STATEMENT_LIMIT_MS = 10_000;

const profilers = new WeakMap<Database, QueryProfiler>();

/**
 * `bridgeUrl`: the loopback stand-in for Neon's HTTP endpoint, never set in production. `profiler`: counts and times
 * all that goes through the functions below; null: nobody does.
 */
export function openDatabase(
  databaseUrl: string,
  bridgeUrl: string | null,
  profiler: QueryProfiler | null = null,
): Database {
  if (bridgeUrl !== null) neonConfig.fetchEndpoint = `${bridgeUrl}/sql`;
  const database = neon(databaseUrl);
  if (profiler !== null) profilers.set(database, profiler);
  return database;
}

async function profiled<Result>(
  db: Database,
  statements: Statement[],
  ask: () => Promise<Result>,
): Promise<Result> {
  const profiler = profilers.get(db);
  if (profiler === undefined) return ask();
  return profiler.run(
    statements.map(({ text }) => text),
    ask,
  );
}

/** As `query`, for a statement that may take `limitMs`. */
export async function queryWithin<Row>(
  db: Database,
  limitMs: number,
  { text, params }: Statement,
): Promise<Row[]> {
  try {
    const fetchOptions = { signal: AbortSignal.timeout(limitMs) };
    const rows: unknown = await profiled(db, [{ text, params }], async () =>
      db.query(text, params, { fetchOptions }),
    );
    return rows as Row[]; // the driver types rows as any; each caller names the columns it selects
  } catch (error) {
    throw new StorageUnavailable(error, { refused: isMistake(error) });
  }
}

/** Runs a query with a deadline; whatever goes wrong on the way is `StorageUnavailable` with its cause. */
export async function query<Row>(db: Database, text: string, params: unknown[]): Promise<Row[]> {
  return queryWithin(db, STATEMENT_LIMIT_MS, { text, params });
}

export interface Statement {
  text: string;
  params: unknown[];
}

async function runAll(db: Database, statements: Statement[]): Promise<unknown[]> {
  const signal = AbortSignal.timeout(STATEMENT_LIMIT_MS);
  return profiled(db, statements, async () =>
    db.transaction(
      statements.map(({ text, params }) => db.query(text, params)),
      { fetchOptions: { signal }, isolationLevel: "ReadCommitted" },
    ),
  );
}

/** All statements in one transaction and one round trip; the rows of the last one. */
export async function transact<Row>(db: Database, statements: Statement[]): Promise<Row[]> {
  try {
    const results = await runAll(db, statements);
    return results.at(-1) as Row[]; // as in query
  } catch (error) {
    throw new StorageUnavailable(error, { refused: isMistake(error) });
  }
}

/** Postgres cancelled a statement that ran longer than it was given. */
export class StatementTooSlow extends Error {}

/** For statements that choose among many indexes: pages come from memory or fast disks, and no query is worth compiling. */
export const PLANNING = { random_page_cost: "1.1", jit: "off" } as const;

/**
 * As `transact`, the rows of every statement, each of which may run for `limitMs`. Throws `StatementTooSlow`,
 * `StorageUnavailable`.
 */
export async function transactWithin(
  db: Database,
  limitMs: number,
  statements: Statement[],
): Promise<unknown[][]> {
  const settings = Object.entries({ statement_timeout: String(limitMs), ...PLANNING });
  const calls = settings.map((_, at) => `set_config($${2 * at + 1}, $${2 * at + 2}, true)`);
  const set = { text: `select ${calls.join(", ")}`, params: settings.flat() };
  try {
    const [, ...results] = await runAll(db, [set, ...statements]);
    return results as unknown[][]; // as in query
  } catch (error) {
    if (isTooSlow(error)) throw new StatementTooSlow();
    throw new StorageUnavailable(error, { refused: isMistake(error) });
  }
}

/** Gives Postgres the time to say that it gave up. */
const ANSWER_MS = 5_000;

/** Rows as lists of values, read by a statement that may run for `limitMs`. Throws as `transactWithin`. */
export async function readLists(db: Database, limitMs: number, statement: Statement): Promise<unknown[][]> {
  const limit = { text: "select set_config('statement_timeout', $1, true)", params: [String(limitMs)] };
  const statements = [limit, statement];
  const fetchOptions = { signal: AbortSignal.timeout(limitMs + ANSWER_MS) };
  try {
    const [, rows = []] = await profiled(db, statements, async () =>
      db.transaction(
        statements.map(({ text, params }) => db.query(text, params)),
        { arrayMode: true, readOnly: true, isolationLevel: "ReadCommitted", fetchOptions },
      ),
    );
    return rows;
  } catch (error) {
    if (isTooSlow(error)) throw new StatementTooSlow();
    throw new StorageUnavailable(error, { refused: isMistake(error) });
  }
}

/**
 * Runs `statement` once `lock` has its row: it sees all that was committed while the lock was waited for, which a
 * statement that takes its own lock does not.
 */
export async function queryAfterLock<Row>(
  db: Database,
  lock: Statement,
  statement: Statement,
): Promise<Row[]> {
  return transact(db, [lock, statement]);
}
