import type { CompanyChangeRepository } from "../../storage/postgres/company-change-repository.ts";

const KEEP_DAYS = 365;
const BATCH = 5_000;
/** Of one night: what is left goes the next. */
const MOST_BATCHES = 200;

interface Needed {
  pipeline: { changes: Pick<CompanyChangeRepository, "purge"> };
  now: () => number;
}

/** What was noticed of watched companies is deleted after twelve months, in batches. */
export async function purgeChanges({ pipeline, now }: Needed): Promise<void> {
  const before = new Date(now() - KEEP_DAYS * 86_400_000).toISOString();
  for (let batch = 0; batch < MOST_BATCHES; batch++) {
    if ((await pipeline.changes.purge(before, BATCH)) < BATCH) return;
  }
}
