import type { Services } from "../../services.ts";

const KEEP_DAYS = 30;
const BATCH = 5_000;

/** What others told us is deleted after 30 days, in batches. */
export async function purgeInbound({ webhooks, now }: Pick<Services, "webhooks" | "now">): Promise<void> {
  const before = new Date(now() - KEEP_DAYS * 86_400_000).toISOString();
  let deleted: number;
  do deleted = await webhooks.inbound.purge(before, BATCH);
  while (deleted === BATCH);
}
