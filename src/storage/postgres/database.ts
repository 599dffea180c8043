import { neon, neonConfig, NeonDbError, type NeonQueryFunction } from "@neondatabase/serverless";
import { StorageUnavailable } from "../../domain/enrichment/errors.ts";

/** Neon over HTTP: holds no connection, so that one value serves every request of an isolate. */
export type Database = NeonQueryFunction<false, false>;

const STATEMENT_LIMIT_MS = 10_000;

/** `bridgeUrl`: the loopback stand-in for Neon's HTTP endpoint, never set in production. */
export function openDatabase(databaseUrl: string, bridgeUrl: string | null): Database {
  if (bridgeUrl !== null) neonConfig.fetchEndpoint = `${bridgeUrl}/sql`;
  return neon(databaseUrl);
}

/** Runs a query with a deadline; whatever goes wrong on the way is `StorageUnavailable` with its cause. */
export async function query<Row>(db: Database, text: string, params: unknown[]): Promise<Row[]> {
  try {
    const signal = AbortSignal.timeout(STATEMENT_LIMIT_MS);
    const rows: unknown = await db.query(text, params, { fetchOptions: { signal } });
    return rows as Row[]; // the driver types rows as any; each caller names the columns it selects
  } catch (error) {
    throw new StorageUnavailable(error);
  }
}

export interface Statement {
  text: string;
  params: unknown[];
}

async function runAll(db: Database, statements: Statement[]): Promise<unknown[]> {
  const signal = AbortSignal.timeout(STATEMENT_LIMIT_MS);
  return db.transaction(
    statements.map(({ text, params }) => db.query(text, params)),
    { fetchOptions: { signal }, isolationLevel: "ReadCommitted" },
  );
}

/** All statements in one transaction and one round trip; the rows of the last one. */
export async function transact<Row>(db: Database, statements: Statement[]): Promise<Row[]> {
  try {
    const results = await runAll(db, statements);
    return results.at(-1) as Row[]; // as in query
  } catch (error) {
    throw new StorageUnavailable(error);
  }
}

/** Postgres cancelled a statement that ran longer than it was given. */
export class StatementTooSlow extends Error {}

const CANCELLED = "57014";

/** Whether the database said so, of a statement with a time limit. */
export function isTooSlow(error: unknown): boolean {
  return error instanceof NeonDbError && error.code === CANCELLED;
}

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
    throw new StorageUnavailable(error);
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
