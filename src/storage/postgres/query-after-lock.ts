import { StorageUnavailable } from "../../domain/enrichment/errors.ts";
import type { Database, Statement } from "./database.ts";

const LIMIT_MS = 10_000;

/**
 * Runs `statement` once `lock` has its row, in one transaction and one round trip: it sees all that was committed while
 * the lock was waited for, which a statement that takes its own lock does not. Gives the rows of `statement`.
 */
export async function queryAfterLock<Row>(
  db: Database,
  lock: Statement,
  statement: Statement,
): Promise<Row[]> {
  try {
    const [, rows]: unknown[] = await db.transaction(
      [db.query(lock.text, lock.params), db.query(statement.text, statement.params)],
      { fetchOptions: { signal: AbortSignal.timeout(LIMIT_MS) }, isolationLevel: "ReadCommitted" },
    );
    return rows as Row[]; // the driver types rows as any; each caller names the columns it selects
  } catch (error) {
    throw new StorageUnavailable(error);
  }
}
