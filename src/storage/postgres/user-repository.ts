import { z } from "zod";
import type { AuditRecord } from "../../domain/audit/audit-record.ts";
import { ROLES } from "../../domain/accounts/principal.ts";
import type { Registration, UserAccount, UserKey, UserStore } from "../../domain/accounts/sign-in-ports.ts";
import { audited } from "./audited.ts";
import { type Database, query, queryAfterLock } from "./database.ts";

const Row = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  password_hash: z.string().nullable(),
  password_changed_at: z.date().nullable(),
  totp_confirmed_at: z.date().nullable(),
  created_at: z.date(),
  known_network: z.boolean(),
  memberships: z.array(
    z.object({ id: z.string(), name: z.string(), mfa_required: z.boolean(), role: z.enum(ROLES) }),
  ),
});

function findBy(condition: string): string {
  return `
select u.id, u.email, u.name, u.password_hash, u.password_changed_at, u.totp_confirmed_at, u.created_at,
  exists (select 1 from sessions s where s.user_id = u.id and s.network = $2 and s.created_at > $3) as known_network,
  (select coalesce(json_agg(json_build_object('id', o.id, 'name', o.name, 'mfa_required', o.mfa_required, 'role', m.role) order by o.created_at, o.id), '[]')
   from memberships m join organisations o on o.id = m.organisation_id where m.user_id = u.id) as memberships
from users u where ${condition}`;
}

const FIND_BY_EMAIL = findBy("lower(u.email) = lower($1)");
const FIND_BY_ID = findBy("u.id = $1");

/** The user first: of two registrations of one address, the later writes nothing at all. */
const NEW_USER = `person as (
  insert into users (id, email, name, password_hash, password_changed_at, created_at) values ($1, $2, $3, $4, $5, $5)
  on conflict ((lower(email))) do nothing returning id)`;
const NEW_ORGANISATION = `organisation as (
  insert into organisations (id, name, plan, created_at) select $6, $7, 'free', $5 from person returning id)`;
const NEW_OWNER = `
insert into memberships (organisation_id, user_id, role)
select organisation.id, person.id, 'owner' from person, organisation returning user_id`;

const REHASH = "update users set password_hash = $3 where id = $1 and password_hash = $2";

/** Sessions that are being opened end with the others, or are refused as the password is no longer theirs. */
const LOCK = "select 1 from users where id = $1 for no key update";

const CHANGED = `changed as (
  update users set password_hash = $3, password_changed_at = $4 where id = $1 and password_hash = $2 returning id)`;
const ENDED = `ended as (
  update sessions set revoked_at = $4, revoked_reason = 'password_changed'
  from changed where sessions.user_id = changed.id and sessions.id <> $5 and sessions.revoked_at is null)`;

export class UserRepository implements UserStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async find(key: UserKey, network?: { name: string; since: string }): Promise<UserAccount | null> {
    const [text, value] = "email" in key ? [FIND_BY_EMAIL, key.email] : [FIND_BY_ID, key.userId];
    const [found] = await query(this.#db, text, [value, network?.name, network?.since]);
    return found === undefined ? null : accountOf(Row.parse(found));
  }

  async register(registration: Registration, record: AuditRecord): Promise<boolean> {
    const { userId, email, name, passwordHash, at, organisationId, organisation } = registration;
    const params = [userId, email, name, passwordHash, at, organisationId, organisation];
    const statement = audited({ text: NEW_OWNER, params }, record, [NEW_USER, NEW_ORGANISATION]);
    return (await query(this.#db, statement.text, statement.params)).length === 1;
  }

  async rehash(userId: string, { from, to }: { from: string; to: string }): Promise<void> {
    await query(this.#db, REHASH, [userId, from, to]);
  }

  async changePassword(
    change: { userId: string; from: string; to: string; at: string; keepSession: string },
    record: AuditRecord,
  ): Promise<boolean> {
    const params = [change.userId, change.from, change.to, change.at, change.keepSession];
    const statement = audited({ text: "select id from changed", params }, record, [CHANGED, ENDED]);
    const lock = { text: LOCK, params: [change.userId] };
    return (await queryAfterLock(this.#db, lock, statement)).length === 1;
  }
}

function accountOf(row: z.infer<typeof Row>): UserAccount {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    passwordHash: row.password_hash,
    passwordChangedAt: row.password_changed_at?.toISOString() ?? null,
    mfaEnabled: row.totp_confirmed_at !== null,
    createdAt: row.created_at.toISOString(),
    memberships: row.memberships.map(({ id, name, mfa_required, role }) => ({
      organisationId: id,
      organisationName: name,
      mfaRequired: mfa_required,
      role,
    })),
    knownNetwork: row.known_network,
  };
}
