import { DiscoveryRefused } from "../../domain/search/errors.ts";
import { type Database, type Statement, StatementTooSlow, transactWithin } from "./database.ts";

/** Nobody waits longer for a page; whoever asks for all of them exports. */
const PAGE_LIMIT_MS = 5_000;

/**
 * The rows of each statement of a page, which the database cancels when it takes too long. Throws `DiscoveryRefused`,
 * `StorageUnavailable`.
 */
export async function readPage(db: Database, statements: Statement[]): Promise<unknown[][]> {
  try {
    return await transactWithin(db, PAGE_LIMIT_MS, statements);
  } catch (error) {
    throw error instanceof StatementTooSlow ? new DiscoveryRefused("search.too_slow") : error;
  }
}

/** As `readPage`, of one statement. */
export async function readRows(db: Database, statement: Statement): Promise<unknown[]> {
  const [rows = []] = await readPage(db, [statement]);
  return rows;
}
