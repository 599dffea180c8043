import { z } from "zod";
import type { AuditRecord } from "../../domain/audit/audit-record.ts";
import { ROLES } from "../../domain/accounts/principal.ts";
import type {
  LiveSession,
  NewSession,
  RevocationReason,
  SessionOwner,
  SessionStore,
  SessionSummary,
} from "../../domain/accounts/sign-in-ports.ts";
import { metrics } from "../../observability/metric-buffer.ts";
import { audited } from "./audited.ts";
import { type Database, query, queryAfterLock } from "./database.ts";

/**
 * Waits for a change of this person's password or second factor, so that it ends the session or is seen by it; sign-ins
 * don't wait for one another.
 */
const LOCK = "select 1 from users where id = $1 for share";

/** A member whose password is still the one that was verified, and who has no second factor unless it was used. */
const OPENED = `opened as (
  insert into sessions (id, user_id, organisation_id, mfa, network, user_agent, created_at, last_used_at, expires_at)
  select $1, u.id, m.organisation_id, $4, $5, $6, $7, $7, $8
  from users u join memberships m on m.user_id = u.id and m.organisation_id = $3
  where u.id = $2 and date_trunc('milliseconds', u.password_changed_at) is not distinct from $9::timestamptz
    and ($4 or u.totp_confirmed_at is null)
  returning id)`;
const FIRST_TOKEN =
  "insert into refresh_tokens (hash, session_id, created_at) select $10, id, $7 from opened returning session_id";

/** One statement: of two that bring the same token, the second finds `used_at` set. */
const EXCHANGE = `
with used as (
  update refresh_tokens set used_at = $3 where hash = $1 and used_at is null returning session_id),
renewed as (
  update sessions s set last_used_at = $3, expires_at = least($4::timestamptz, s.created_at + ($3::timestamptz - $5::timestamptz))
  from used, memberships m
  where s.id = used.session_id and s.revoked_at is null and s.expires_at > $3 and s.created_at > $5
    and m.user_id = s.user_id and m.organisation_id = s.organisation_id
  returning s.id, s.user_id, s.organisation_id),
issued as (
  insert into refresh_tokens (hash, session_id, created_at) select $2, id, $3 from renewed)
select id, user_id, organisation_id from renewed`;

const OWNER_OF_SPENT = `
select s.id, s.user_id, s.organisation_id from refresh_tokens t join sessions s on s.id = t.session_id
where t.hash = $1 and t.used_at is not null and s.revoked_at is null`;

const LIVE = `
select s.id, s.user_id, s.organisation_id, s.mfa, u.totp_confirmed_at is not null as mfa_enabled, m.role, o.plan,
  o.mfa_required, o.created_at as organisation_created_at
from sessions s join users u on u.id = s.user_id
join memberships m on m.user_id = s.user_id and m.organisation_id = s.organisation_id
join organisations o on o.id = s.organisation_id
where s.id = $1 and s.revoked_at is null and s.expires_at > $2`;

const LIST = `
select id, organisation_id, mfa, network, user_agent, created_at, last_used_at, expires_at from sessions
where user_id = $1 and revoked_at is null and expires_at > $2 and ($3::text is null or id < $3)
order by id desc limit $4`;

const REVOKE = `
update sessions set revoked_at = $3, revoked_reason = $4
where id = $1 and user_id = $2 and revoked_at is null and expires_at > $3 returning id`;

const REVOKE_OTHERS = `
update sessions set revoked_at = $3, revoked_reason = 'revoked'
where user_id = $2 and id <> $1 and revoked_at is null and expires_at > $3 returning id`;

const Owner = z.object({ id: z.string(), user_id: z.string(), organisation_id: z.string() });

const Live = Owner.extend({
  mfa: z.boolean(),
  mfa_enabled: z.boolean(),
  role: z.enum(ROLES),
  plan: z.enum(["free", "pro", "enterprise", "admin"]),
  mfa_required: z.boolean(),
  organisation_created_at: z.date(),
});

const Summary = z.object({
  id: z.string(),
  organisation_id: z.string(),
  mfa: z.boolean(),
  network: z.string().nullable(),
  user_agent: z.string().nullable(),
  created_at: z.date(),
  last_used_at: z.date(),
  expires_at: z.date(),
});

function ownerOf({ id, user_id, organisation_id }: z.infer<typeof Owner>): SessionOwner {
  return { sessionId: id, userId: user_id, organisationId: organisation_id };
}

export class SessionRepository implements SessionStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async open(session: NewSession, record: AuditRecord): Promise<boolean> {
    const { id, userId, organisationId, mfa, network, userAgent, at, expiresAt } = session;
    const params = [id, userId, organisationId, mfa, network, userAgent, at, expiresAt];
    const more = [session.passwordChangedAt, session.refreshHash];
    const statement = audited({ text: FIRST_TOKEN, params: [...params, ...more] }, record, [OPENED]);
    return (await queryAfterLock(this.#db, { text: LOCK, params: [userId] }, statement)).length === 1;
  }

  async exchange(tokens: Parameters<SessionStore["exchange"]>[0]): Promise<SessionOwner | null> {
    const { hash, newHash, at, expiresAt, openedSince } = tokens;
    const [renewed] = await query(this.#db, EXCHANGE, [hash, newHash, at, expiresAt, openedSince]);
    const result = renewed === undefined ? "refused" : "ok";
    metrics.count("auth_attempts_total", { method: "refresh_token", result });
    return renewed === undefined ? null : ownerOf(Owner.parse(renewed));
  }

  async ownerOfSpent(hash: string): Promise<SessionOwner | null> {
    const [found] = await query(this.#db, OWNER_OF_SPENT, [hash]);
    return found === undefined ? null : ownerOf(Owner.parse(found));
  }

  async live(sessionId: string, at: string): Promise<LiveSession | null> {
    const [found] = await query(this.#db, LIVE, [sessionId, at]);
    if (found === undefined) return null;
    const row = Live.parse(found);
    return {
      ...ownerOf(row),
      mfa: row.mfa,
      mfaEnabled: row.mfa_enabled,
      role: row.role,
      plan: row.plan,
      mfaRequired: row.mfa_required,
      organisationCreatedAt: row.organisation_created_at.toISOString(),
    };
  }

  async list(
    userId: string,
    { at, before, limit }: { at: string; before: string | null; limit: number },
  ): Promise<SessionSummary[]> {
    const rows = z.array(Summary).parse(await query(this.#db, LIST, [userId, at, before, limit]));
    return rows.map((row) => ({
      id: row.id,
      organisationId: row.organisation_id,
      mfa: row.mfa,
      network: row.network,
      userAgent: row.user_agent,
      createdAt: row.created_at.toISOString(),
      lastUsedAt: row.last_used_at.toISOString(),
      expiresAt: row.expires_at.toISOString(),
    }));
  }

  async revoke(
    revoked: { sessionId: string; userId: string; at: string; reason: RevocationReason },
    record: AuditRecord,
  ): Promise<boolean> {
    const params = [revoked.sessionId, revoked.userId, revoked.at, revoked.reason];
    const statement = audited({ text: REVOKE, params }, record);
    return (await query(this.#db, statement.text, statement.params)).length === 1;
  }

  async revokeOthers(
    { sessionId, userId, at }: { sessionId: string; userId: string; at: string },
    record: AuditRecord,
  ): Promise<void> {
    const statement = audited({ text: REVOKE_OTHERS, params: [sessionId, userId, at] }, record);
    await query(this.#db, statement.text, statement.params);
  }
}
