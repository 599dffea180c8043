import { neon, neonConfig, type NeonQueryFunction } from "@neondatabase/serverless";
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

/** All statements in one transaction and one round trip. */
export async function transact(db: Database, statements: Statement[]): Promise<void> {
  try {
    const signal = AbortSignal.timeout(STATEMENT_LIMIT_MS);
    await db.transaction(
      statements.map(({ text, params }) => db.query(text, params)),
      { fetchOptions: { signal } },
    );
  } catch (error) {
    throw new StorageUnavailable(error);
  }
}
