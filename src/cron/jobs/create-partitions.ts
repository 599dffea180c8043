import type { Services } from "../../services.ts";

const MONTHS_AHEAD = 4;

/** Monthly partitions exist before their month begins. */
export async function createPartitions({ database }: Services): Promise<void> {
  await database.query("select ensure_month_partitions('snapshots', 'scraped_at', current_date, $1)", [
    MONTHS_AHEAD,
  ]);
}
