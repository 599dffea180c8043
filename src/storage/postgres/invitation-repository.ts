import { z } from "zod";
import type { Authority } from "../../domain/accounts/authority.ts";
import type {
  Invitation,
  InvitationStore,
  NewInvitation,
  Newcomer,
  OpenInvitation,
  Page,
  SeenInvitation,
} from "../../domain/accounts/organisation/ports.ts";
import { ROLES } from "../../domain/accounts/principal.ts";
import type { AuditRecord } from "../../domain/audit/audit-record.ts";
import { audited } from "./audited.ts";
import { type Database, query, queryAfterLock, type Statement } from "./database.ts";
import { holdsRole } from "./holds-role.ts";

const Row = z
  .object({
    id: z.string(),
    email: z.string(),
    role: z.enum(ROLES),
    invited_by: z.string().nullable(),
    created_at: z.date(),
    expires_at: z.date(),
  })
  .transform(({ id, email, role, ...row }): Invitation => ({
    id,
    email,
    role,
    invitedBy: row.invited_by,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
  }));

const OpenRow = z
  .object({
    id: z.string(),
    organisation_id: z.string(),
    organisation_name: z.string(),
    email: z.string(),
    role: z.enum(ROLES),
    inviter_role: z.enum(ROLES).nullable(),
    user_id: z.string().nullable(),
    member: z.boolean(),
  })
  .transform(({ id, email, role, member, ...row }): OpenInvitation => ({
    id,
    email,
    role,
    organisationId: row.organisation_id,
    organisationName: row.organisation_name,
    inviterRole: row.inviter_role,
    account: row.user_id === null ? null : { userId: row.user_id, member },
  }));

const Addressee = z.object({ member: z.boolean(), invitation_id: z.string().nullable() });

const UNANSWERED = "accepted_at is null and revoked_at is null";

/** Who has an address at an instant; all three are SQL. */
const addressee = (organisationId: string, email: string, at: string) => ({
  member: `exists (select 1 from memberships m join users u on u.id = m.user_id
    where m.organisation_id = ${organisationId} and lower(u.email) = lower(${email}))`,
  invitation: `(select id from invitations
    where organisation_id = ${organisationId} and lower(email) = lower(${email}) and ${UNANSWERED}
      and expires_at > ${at}::timestamptz order by id desc limit 1)`,
});

const ASKED = addressee("$1", "$2", "$3");
const FIND_ADDRESSEE = `select ${ASKED.member} as member, ${ASKED.invitation} as invitation_id`;

/** Of two invitations of one address, the second finds the first, or the answer to it. */
const LOCK_ORGANISATION = "select 1 from organisations where id = $1 for no key update";

const INVITED = addressee("$2", "$3", "$7");
const STILL_SO = `still_so as (
  select 1 where ${holdsRole("$2", "$6", "$10")}
    and not ${INVITED.member} and ${INVITED.invitation} is not distinct from $9)`;

const REPLACED = `replaced as (
  update invitations set revoked_at = $7::timestamptz
  where organisation_id = $2 and lower(email) = lower($3) and ${UNANSWERED} and exists (select 1 from still_so))`;

const CREATE = `
insert into invitations (id, organisation_id, email, role, token_hash, invited_by, created_at, expires_at)
select $1, $2, $3, $4, $5, $6, $7::timestamptz, $8::timestamptz from still_so returning id`;

const LIST = `
select id, email, role, invited_by, created_at, expires_at from invitations
where organisation_id = $1 and ($2::text is null or id < $2) and ${UNANSWERED} and expires_at > $4::timestamptz
order by id desc limit $3`;

const REVOKE = `
update invitations set revoked_at = $3::timestamptz
where organisation_id = $1 and id = $2 and ${UNANSWERED} and expires_at > $3::timestamptz
  and ${holdsRole("$1", "$4", "$5")} returning id`;

const FIND_OPEN = `
select i.id, i.organisation_id, o.name as organisation_name, i.email, i.role, inviter.role as inviter_role,
  u.id as user_id, own.role is not null as member
from invitations i
join organisations o on o.id = i.organisation_id
left join memberships inviter on inviter.organisation_id = i.organisation_id and inviter.user_id = i.invited_by
left join users u on lower(u.email) = lower(i.email)
left join memberships own on own.organisation_id = i.organisation_id and own.user_id = u.id
where i.token_hash = $1 and ${UNANSWERED} and i.expires_at > $2::timestamptz`;

/** Of an answer and a revocation, or of two answers, the second sees what the first did. */
const LOCK = "select 1 from invitations where id = $1 for update";

const open = (roles: string): string => `
  id = $1 and ${UNANSWERED} and expires_at > $3::timestamptz
  and ${holdsRole("invitations.organisation_id", "invitations.invited_by", roles)}`;

const CREATED = `created as (
  insert into users (id, email, name, password_hash, password_changed_at, created_at)
  select $2, email, $5, $6, $3::timestamptz, $3::timestamptz from invitations where ${open("$4")}
  on conflict do nothing returning id)`;

const JOINED_BY_NEWCOMER = `joined as (
  insert into memberships (organisation_id, user_id, role)
  select i.organisation_id, created.id, i.role from created, invitations i where i.id = $1 returning user_id)`;

const JOINED_BY_USER = `joined as (
  insert into memberships (organisation_id, user_id, role)
  select organisation_id, $2, role from invitations where ${open("$4")}
  on conflict do nothing returning user_id)`;

const ANSWERED = `answered as (
  update invitations set accepted_at = $3::timestamptz where id = $1 and exists (select 1 from joined))`;

const JOINED = "select user_id from joined";

export class InvitationRepository implements InvitationStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async findAddressee(
    organisationId: string,
    { email, now }: { email: string; now: number },
  ): Promise<{ member: boolean; invitationId: string | null }> {
    const params = [organisationId, email, new Date(now).toISOString()];
    const [found] = await query(this.#db, FIND_ADDRESSEE, params);
    const { member, invitation_id } = Addressee.parse(found);
    return { member, invitationId: invitation_id };
  }

  async create(invitation: NewInvitation, record: AuditRecord): Promise<boolean> {
    const { id, organisationId, email, role, tokenHash, by, createdAt, expiresAt, replaces } = invitation;
    const row = [id, organisationId, email, role, tokenHash, by.userId, createdAt, expiresAt];
    const statement = { text: CREATE, params: [...row, replaces, by.roles] };
    const lock = { text: LOCK_ORGANISATION, params: [organisationId] };
    const rows = await queryAfterLock(this.#db, lock, audited(statement, record, [STILL_SO, REPLACED]));
    return rows.length > 0;
  }

  async list(organisationId: string, { after, limit, now }: Page & { now: number }): Promise<Invitation[]> {
    const params = [organisationId, after, limit, new Date(now).toISOString()];
    return Row.array().parse(await query(this.#db, LIST, params));
  }

  async revoke(invitationId: string, by: Authority, record: AuditRecord): Promise<boolean> {
    const params = [record.organisationId, invitationId, record.at, by.userId, by.roles];
    const { text, params: all } = audited({ text: REVOKE, params }, record);
    return (await query(this.#db, text, all)).length > 0;
  }

  async findOpen(tokenHash: string, now: number): Promise<OpenInvitation | null> {
    const [found] = await query(this.#db, FIND_OPEN, [tokenHash, new Date(now).toISOString()]);
    return found === undefined ? null : OpenRow.parse(found);
  }

  async acceptAsUser(seen: SeenInvitation, userId: string, record: AuditRecord): Promise<boolean> {
    const statement = { text: JOINED, params: [seen.id, userId, record.at, seen.inviterRoles] };
    return this.#accept(seen.id, audited(statement, record, [JOINED_BY_USER, ANSWERED]));
  }

  async acceptAsNewcomer(seen: SeenInvitation, newcomer: Newcomer, record: AuditRecord): Promise<boolean> {
    const { userId, name, passwordHash } = newcomer;
    const params = [seen.id, userId, record.at, seen.inviterRoles, name, passwordHash];
    const statement = { text: JOINED, params };
    return this.#accept(seen.id, audited(statement, record, [CREATED, JOINED_BY_NEWCOMER, ANSWERED]));
  }

  async #accept(invitationId: string, statement: Statement): Promise<boolean> {
    const lock = { text: LOCK, params: [invitationId] };
    return (await queryAfterLock(this.#db, lock, statement)).length > 0;
  }
}
