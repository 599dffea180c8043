import type { Services } from "../../services.ts";
import { query } from "../../storage/postgres/database.ts";

const KEEP_DAYS = 30;
const BATCH = 1_000;

/** Deliveries and attempts go with their event. */
const EVENTS = `
delete from webhook_events where id in (
  select id from webhook_events where created_at < $1::timestamptz limit $2) returning id`;

const OLD_SECRETS = `
update webhook_endpoints set previous_secret = null, previous_secret_until = null
where previous_secret_until < $1::timestamptz`;

/** Events older than 30 days are deleted, in batches, and secrets that sign no more forgotten. */
export async function purgeWebhooks({ database, now }: Pick<Services, "database" | "now">): Promise<void> {
  await query(database, OLD_SECRETS, [new Date(now()).toISOString()]);
  const before = new Date(now() - KEEP_DAYS * 86_400_000).toISOString();
  let deleted: number;
  do deleted = (await query(database, EVENTS, [before, BATCH])).length;
  while (deleted === BATCH);
}
