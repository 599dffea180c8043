import { z } from "zod";
import type { SecondFactor, SeenSecret, TwoFactorStore } from "../../domain/accounts/two-factor/ports.ts";
import type { AuditRecord } from "../../domain/audit/audit-record.ts";
import { metrics } from "../../observability/metric-buffer.ts";
import { audited } from "./audited.ts";
import { type Database, query, queryAfterLock, type Statement } from "./database.ts";

const Row = z.object({
  email: z.string(),
  totp_secret: z.string().nullable(),
  totp_confirmed_at: z.date().nullable(),
  backup_codes_left: z.coerce.number(),
  required: z.boolean(),
  known_network: z.boolean(),
});

const REQUIRED = `exists (
  select 1 from memberships m join organisations o on o.id = m.organisation_id
  where m.user_id = u.id and o.mfa_required)`;

const FIND = `
select u.email, u.totp_secret, u.totp_confirmed_at,
  (select count(*) from backup_codes where user_id = u.id and used_at is null) as backup_codes_left,
  ${REQUIRED} as required,
  exists (select 1 from sessions
    where user_id = u.id and network = $2 and created_at > $3::timestamptz) as known_network
from users u where u.id = $1`;

/** No code of a new secret was ever used: codes of its first minute must not count as spent. */
const BEGIN = `
update users set totp_secret = $2, totp_last_step = null
where id = $1 and totp_confirmed_at is null returning id`;

const UNSPENT = "id = $1 and totp_secret = $2 and (totp_last_step is null or totp_last_step < $3::bigint)";

const SPEND_STEP = `
update users set totp_last_step = $3::bigint where ${UNSPENT} and totp_confirmed_at is not null returning id`;

const CONFIRMATION = [
  `confirmed as (
    update users set totp_confirmed_at = $4::timestamptz, totp_last_step = $3::bigint
    where ${UNSPENT} and totp_confirmed_at is null returning id)`,
  `lifted as (
    update sessions set mfa = true where id = $5 and user_id in (select id from confirmed))`,
  `ended as (
    update sessions set revoked_at = $4::timestamptz, revoked_reason = 'mfa_enabled'
    where user_id in (select id from confirmed) and id <> $5 and revoked_at is null)`,
];

const SPEND_BACKUP_CODE = `
update backup_codes set used_at = $3::timestamptz
where user_id = $1 and hash = any($2::text[]) and used_at is null returning user_id`;

/** What takes the place of sessions or codes, or ends them, finds all that were there by then. */
const LOCK = "select 1 from users where id = $1 for no key update";

const FORGOTTEN = `forgotten as (
  delete from backup_codes where user_id in (select id from users where id = $1 and totp_secret = $2))`;

const CREATE_BACKUP_CODES = `
insert into backup_codes (user_id, hash, created_at)
select u.id, one, $4::timestamptz from users u, unnest($3::text[]) one
where u.id = $1 and u.totp_secret = $2 and u.totp_confirmed_at is not null returning user_id`;

const DISABLING = [
  `disabled as (
    update users u set totp_secret = null, totp_confirmed_at = null, totp_last_step = null
    where id = $1 and totp_secret = $2 and not ${REQUIRED} returning id)`,
  "forgotten as (delete from backup_codes where user_id in (select id from disabled))",
];

/** A code that is no code of the secret never comes here: `SealedFactors` counts it. */
function counted(method: "totp" | "backup_code", ok: boolean): boolean {
  metrics.count("auth_attempts_total", { method, result: ok ? "ok" : "refused" });
  return ok;
}

export class TwoFactorRepository implements TwoFactorStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async find(userId: string, network: { name: string; since: string }): Promise<SecondFactor | null> {
    const [found] = await query(this.#db, FIND, [userId, network.name, network.since]);
    if (found === undefined) return null;
    const row = Row.parse(found);
    return {
      email: row.email,
      sealedSecret: row.totp_secret,
      confirmedAt: row.totp_confirmed_at?.toISOString() ?? null,
      backupCodesLeft: row.backup_codes_left,
      required: row.required,
      knownNetwork: row.known_network,
    };
  }

  async begin({ userId, sealedSecret }: SeenSecret): Promise<boolean> {
    return this.#done({ text: BEGIN, params: [userId, sealedSecret] });
  }

  async confirm(
    { userId, sealedSecret, step, sessionId }: SeenSecret & { step: number; sessionId: string },
    record: AuditRecord,
  ): Promise<boolean> {
    const params = [userId, sealedSecret, step, record.at, sessionId];
    const statement = audited({ text: "select id from confirmed", params }, record, CONFIRMATION);
    return counted("totp", await this.#alone(userId, statement));
  }

  async spendStep({ userId, sealedSecret, step }: SeenSecret & { step: number }): Promise<boolean> {
    return counted("totp", await this.#done({ text: SPEND_STEP, params: [userId, sealedSecret, step] }));
  }

  async spendBackupCode(userId: string, hashes: string[], record: AuditRecord): Promise<boolean> {
    const statement = audited({ text: SPEND_BACKUP_CODE, params: [userId, hashes, record.at] }, record);
    return counted("backup_code", await this.#done(statement));
  }

  async replaceBackupCodes(
    { userId, sealedSecret }: SeenSecret,
    hashes: string[],
    record: AuditRecord,
  ): Promise<boolean> {
    const params = [userId, sealedSecret, hashes, record.at];
    const statement = audited({ text: CREATE_BACKUP_CODES, params }, record, [FORGOTTEN]);
    return this.#alone(userId, statement);
  }

  async disable({ userId, sealedSecret }: SeenSecret, record: AuditRecord): Promise<boolean> {
    const statement = { text: "select id from disabled", params: [userId, sealedSecret] };
    return this.#done(audited(statement, record, DISABLING));
  }

  async #alone(userId: string, statement: Statement): Promise<boolean> {
    return (await queryAfterLock(this.#db, { text: LOCK, params: [userId] }, statement)).length > 0;
  }

  async #done({ text, params }: Statement): Promise<boolean> {
    return (await query(this.#db, text, params)).length > 0;
  }
}
