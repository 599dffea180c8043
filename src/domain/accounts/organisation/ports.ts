import type { AuditRecord } from "../../audit/audit-record.ts";
import type { Authority } from "../authority.ts";
import type { Plan, Role } from "../principal.ts";

export interface Organisation {
  id: string;
  name: string;
  plan: Plan;
  mfaRequired: boolean;
  /** null: what the plan allows. */
  monthlyBudgetCents: number | null;
  /** RFC 3339. */
  createdAt: string;
}

/** What may be changed; a setting that is absent stays. */
export interface OrganisationChange {
  name?: string;
  mfaRequired?: boolean;
  monthlyBudgetCents?: number | null;
}

export interface OrganisationStore {
  load(organisationId: string): Promise<Organisation | null>;
  /** Of the organisation of the record. false, and nothing is done: the person may no longer. */
  change(change: OrganisationChange, by: Authority, record: AuditRecord): Promise<boolean>;
}

export interface Member {
  userId: string;
  name: string;
  email: string;
  role: Role;
  mfaEnabled: boolean;
}

/** `after`: the last identifier of the page before; null for the first page. */
export interface Page {
  after: string | null;
  limit: number;
}

/** A membership as its caller last saw it: what is done to it is done only while it is still so. */
export interface SeenMembership {
  organisationId: string;
  userId: string;
  role: Role;
}

export interface MemberStore {
  /** By user identifier. */
  list(organisationId: string, page: Page): Promise<Member[]>;
  find(organisationId: string, userId: string): Promise<Member | null>;
  /**
   * false, and nothing is done: no longer as seen, the last owner, or whoever acts may no longer. Concurrent calls keep
   * one owner.
   */
  changeRole(
    seen: SeenMembership,
    change: { role: Role; by: Authority },
    record: AuditRecord,
  ): Promise<boolean>;
  /** Ends the person's sessions here and revokes his invitations too. false as for `changeRole`. */
  remove(seen: SeenMembership, by: Authority, record: AuditRecord): Promise<boolean>;
}

export interface Invitation {
  id: string;
  email: string;
  role: Role;
  /** null: that person's account is gone. */
  invitedBy: string | null;
  createdAt: string;
  expiresAt: string;
}

export interface NewInvitation extends Omit<Invitation, "invitedBy"> {
  organisationId: string;
  by: Authority;
  tokenHash: string;
  /** The invitation of the same address, as `findAddressee` gave it. */
  replaces: string | null;
}

/** One that can still be accepted, as the bearer of its token finds it. */
export interface OpenInvitation {
  id: string;
  organisationId: string;
  organisationName: string;
  email: string;
  role: Role;
  /** What the inviter is today in that organisation; null: no longer a member. */
  inviterRole: Role | null;
  /** Who has this address already; null: nobody. */
  account: { userId: string; member: boolean } | null;
}

/** An open invitation, and the roles whose holders may invite to its own. */
export interface SeenInvitation {
  id: string;
  inviterRoles: readonly Role[];
}

/** An account to be: its address is the invitation's. */
export interface Newcomer {
  userId: string;
  name: string;
  passwordHash: string;
}

export interface InvitationStore {
  /** Who has this address in this organisation: a member, or the invitation that waits for an answer. */
  findAddressee(
    organisationId: string,
    address: { email: string; now: number },
  ): Promise<{ member: boolean; invitationId: string | null }>;
  /**
   * Takes the place of those that wait for an answer from the same address. false, and nothing is done: the address is a
   * member's or has another invitation by now, or the inviter may no longer.
   */
  create(invitation: NewInvitation, record: AuditRecord): Promise<boolean>;
  /** Those that wait for an answer, the newest first. */
  list(organisationId: string, page: Page & { now: number }): Promise<Invitation[]>;
  /** false: none of the record's organisation that waits for an answer, or whoever revokes may no longer. */
  revoke(invitationId: string, by: Authority, record: AuditRecord): Promise<boolean>;
  findOpen(tokenHash: string, now: number): Promise<OpenInvitation | null>;
  /** false: no longer open, its inviter may no longer, or the person is a member already. */
  acceptAsUser(seen: SeenInvitation, userId: string, record: AuditRecord): Promise<boolean>;
  /** Creates the account in the same act. false: as for `acceptAsUser`, or the address has an account by now. */
  acceptAsNewcomer(seen: SeenInvitation, newcomer: Newcomer, record: AuditRecord): Promise<boolean>;
}
