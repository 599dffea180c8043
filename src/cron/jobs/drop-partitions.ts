import { query } from "../../storage/postgres/database.ts";
import type { Services } from "../../services.ts";

/** Three years of accounts are what a growth is read from, and how long personal data in the facts may be kept. */
const KEEP_MONTHS = 36;
const BATCH = 5_000;
/** Of one night: what is left goes the next. */
const MOST_BATCHES = 200;

const LIMIT = "($1::timestamptz - make_interval(months => $2))::date";

// The audit's partitions stay: its chains are verified from their first entry on.
const DROP = `select dropped, busy from drop_month_partitions('snapshots', ${LIMIT})`;

// What came when its month had no partition.
const STRAY = `
delete from snapshots_default where (siren, scraped_at) in (
  select siren, scraped_at from snapshots_default where scraped_at < ${LIMIT} limit $3) returning 1`;

/** Months of snapshots that ended three years ago go with all that is in them; one that is in use, the next night. */
export async function dropPartitions({ database, log, now }: Pick<Services, "database" | "log" | "now">) {
  const age = [new Date(now()).toISOString(), KEEP_MONTHS];
  const [row] = await query<{ dropped: number; busy: number }>(database, DROP, age);
  if (row !== undefined && row.dropped + row.busy > 0)
    log.event("partitions_dropped", { partitions: row.dropped, busy: row.busy });
  for (let batch = 0; batch < MOST_BATCHES; batch++) {
    if ((await query(database, STRAY, [...age, BATCH])).length < BATCH) return;
  }
}
