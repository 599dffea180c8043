import type { Services } from "../../services.ts";
import { query } from "../../storage/postgres/database.ts";

const MONTHS_AHEAD = 4;
/** Partitioned tables, and the column that each is partitioned by. */
const PARTITIONED = [
  ["snapshots", "scraped_at"],
  ["audit_logs", "at"],
] as const;

/** Monthly partitions exist before their month begins. */
export async function createPartitions({ database }: Services): Promise<void> {
  for (const [table, column] of PARTITIONED) {
    await query(database, "select ensure_month_partitions($1, $2, current_date, $3)", [
      table,
      column,
      MONTHS_AHEAD,
    ]);
  }
}
