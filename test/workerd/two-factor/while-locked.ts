import type { Statement } from "../../../src/storage/postgres/database.ts";
import { database } from "../../support/world.ts";

/**
 * Begins `work` while another transaction holds the rows of a query: whatever needs them has read its snapshot by the
 * time it may go on, so that a race is lost every time and not now and then.
 */
export async function whileLocked<Result>(rows: Statement, work: () => Promise<Result>): Promise<Result> {
  const db = database();
  const holding = { over: false };
  const hold = async (): Promise<void> => {
    await db.transaction([
      db.query(`${rows.text} for update`, rows.params),
      db.query("select pg_sleep(0.6)", []),
    ]);
    holding.over = true;
  };
  const held = hold();
  const free = async (): Promise<boolean> =>
    (await db.query(`${rows.text} for update skip locked`, rows.params)).length > 0;
  while (!holding.over && (await free()));
  const [result] = await Promise.all([work(), held]);
  return result;
}
