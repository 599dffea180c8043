import type { Services } from "../../services.ts";

const KEEP_DAYS = 365;
const BATCH = 5_000;

/** What was noticed of watched companies is deleted after twelve months, in batches. */
export async function purgeChanges({ pipeline, now }: Pick<Services, "pipeline" | "now">): Promise<void> {
  const before = new Date(now() - KEEP_DAYS * 86_400_000).toISOString();
  let deleted: number;
  do deleted = await pipeline.changes.purge(before, BATCH);
  while (deleted === BATCH);
}
