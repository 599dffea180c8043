import type { Services } from "../../services.ts";
import { query } from "../../storage/postgres/database.ts";

const KEEP_DAYS = 90;
const BATCH = 1_000;
/** Of one night: what is left goes the next. */
const MOST_BATCHES = 100;

/** One that may have left something in R2 waits until that is removed. */
const PURGE = `
delete from exports where id = any(array(
  select id from exports where finished_at < $1::timestamptz and object_key is null limit $2)) returning 1`;

/** Exports that ended 90 days ago go; their files went long before. */
export async function purgeExports({ database, now }: Pick<Services, "database" | "now">): Promise<void> {
  const before = new Date(now() - KEEP_DAYS * 86_400_000).toISOString();
  for (let batch = 0; batch < MOST_BATCHES; batch += 1) {
    if ((await query(database, PURGE, [before, BATCH])).length < BATCH) return;
  }
}
