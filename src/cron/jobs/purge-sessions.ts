import { query } from "../../storage/postgres/database.ts";
import type { Services } from "../../services.ts";

/** Over for this long, they serve neither an inquiry nor to recognise a network. */
const KEEP_DAYS = 90;
const BATCH = 5_000;

/** Refresh tokens go with their session. */
const SESSIONS = `
delete from sessions where id in (
  select id from sessions where least(expires_at, revoked_at) < $1::timestamptz limit $2) returning id`;

const INVITATIONS = `
delete from invitations where id in (
  select id from invitations where least(expires_at, accepted_at, revoked_at) < $1::timestamptz limit $2) returning id`;

/** Sessions and invitations that ended 90 days ago are deleted, in batches. */
export async function purgeSessions({ database, now }: Services): Promise<void> {
  const before = new Date(now() - KEEP_DAYS * 86_400_000).toISOString();
  for (const statement of [SESSIONS, INVITATIONS]) {
    let deleted: number;
    do deleted = (await query(database, statement, [before, BATCH])).length;
    while (deleted === BATCH);
  }
}
