import { z } from "zod";
import type { Authority } from "../../domain/accounts/authority.ts";
import type { Member, MemberStore, Page, SeenMembership } from "../../domain/accounts/organisation/ports.ts";
import { type Role, ROLES } from "../../domain/accounts/principal.ts";
import type { AuditRecord } from "../../domain/audit/audit-record.ts";
import { audited } from "./audited.ts";
import { type Database, query, queryAfterLock } from "./database.ts";
import { holdsRole } from "./holds-role.ts";

const Row = z
  .object({
    user_id: z.string(),
    name: z.string(),
    email: z.string(),
    role: z.enum(ROLES),
    mfa_enabled: z.boolean(),
  })
  .transform(({ user_id, mfa_enabled, ...row }): Member => ({
    ...row,
    userId: user_id,
    mfaEnabled: mfa_enabled,
  }));

const SELECT = `
select m.user_id, u.name, u.email, m.role, u.totp_confirmed_at is not null as mfa_enabled
from memberships m join users u on u.id = m.user_id`;

const LIST = `${SELECT}
where m.organisation_id = $1 and ($2::text is null or m.user_id > $2) order by m.user_id limit $3`;

const FIND = `${SELECT} where m.organisation_id = $1 and m.user_id = $2`;

/** Changes of one organisation's members wait for one another, so that each counts the owners that are left. */
const LOCK = "select 1 from organisations where id = $1 for no key update";

const STILL_SO = `
organisation_id = $1 and user_id = $2 and role = $3 and ${holdsRole("$1", "$5", "$6")} and (role <> 'owner'
  or (select count(*) from memberships where organisation_id = $1 and role = 'owner') > 1)`;

const CHANGE_ROLE = `update memberships set role = $4 where ${STILL_SO} returning user_id`;

const REMOVAL = [
  `removed as (delete from memberships where ${STILL_SO} returning user_id)`,
  `ended as (
    update sessions set revoked_at = $4::timestamptz, revoked_reason = 'member_removed'
    where organisation_id = $1 and user_id in (select user_id from removed) and revoked_at is null)`,
  `withdrawn as (
    update invitations set revoked_at = $4::timestamptz
    where organisation_id = $1 and invited_by in (select user_id from removed)
      and accepted_at is null and revoked_at is null)`,
];

export class MemberRepository implements MemberStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async list(organisationId: string, { after, limit }: Page): Promise<Member[]> {
    return Row.array().parse(await query(this.#db, LIST, [organisationId, after, limit]));
  }

  async find(organisationId: string, userId: string): Promise<Member | null> {
    const [found] = await query(this.#db, FIND, [organisationId, userId]);
    return found === undefined ? null : Row.parse(found);
  }

  async changeRole(
    seen: SeenMembership,
    { role, by }: { role: Role; by: Authority },
    record: AuditRecord,
  ): Promise<boolean> {
    const { organisationId, userId } = seen;
    const params = [organisationId, userId, seen.role, role, by.userId, by.roles];
    const statement = { text: CHANGE_ROLE, params };
    const lock = { text: LOCK, params: [organisationId] };
    return (await queryAfterLock(this.#db, lock, audited(statement, record))).length > 0;
  }

  async remove(seen: SeenMembership, by: Authority, record: AuditRecord): Promise<boolean> {
    const { organisationId, userId } = seen;
    const params = [organisationId, userId, seen.role, record.at, by.userId, by.roles];
    const statement = audited({ text: "select user_id from removed", params }, record, REMOVAL);
    return (await queryAfterLock(this.#db, { text: LOCK, params: [organisationId] }, statement)).length > 0;
  }
}
