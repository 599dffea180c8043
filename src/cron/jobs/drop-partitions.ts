import { query } from "../../storage/postgres/database.ts";
import type { Services } from "../../services.ts";

/** Three years of accounts are what a growth is read from, and how long personal data in the facts may be kept. */
const KEEP_MONTHS = 36;

// The audit's partitions stay: its chains are verified from their first entry on.
const DROP = `
select drop_month_partitions('snapshots', ($1::timestamptz - make_interval(months => $2))::date) as dropped`;

/** Months of snapshots that ended three years ago go with all that is in them. */
export async function dropPartitions({ database, log, now }: Pick<Services, "database" | "log" | "now">) {
  const [row] = await query<{ dropped: number }>(database, DROP, [
    new Date(now()).toISOString(),
    KEEP_MONTHS,
  ]);
  if (row !== undefined && row.dropped > 0) log.event("partitions_dropped", { partitions: row.dropped });
}
