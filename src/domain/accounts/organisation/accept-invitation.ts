import { sha256Hex } from "../../../lib/digest.ts";
import { isOpaqueToken } from "../../../lib/opaque-token.ts";
import { auditRecord, type ActContext, type AuditRecord } from "../../audit/audit-record.ts";
import { AccountRefused } from "../errors.ts";
import { passwordFault, type PasswordFault, type PasswordList } from "../password-rule.ts";
import type { Role } from "../principal.ts";
import { type VerifyDeps, verifyPassword } from "../verify-password.ts";
import { INVITATION_PREFIX } from "./create-invitation.ts";
import { mayManage } from "./member-actor.ts";
import type { InvitationStore, OpenInvitation } from "./ports.ts";

export interface AcceptDeps extends VerifyDeps {
  invitations: InvitationStore;
  commonPasswords: PasswordList;
  act: ActContext;
}

export interface Acceptance {
  token: string;
  /** Of a new account. */
  name: string | null;
  /** The account's; of a new account, to be. */
  password: string;
}

export interface Joined {
  userId: string;
  organisationId: string;
  organisationName: string;
  role: Role;
}

/** Why there can be no new account of this; existing accounts are not held to it. */
export type NewcomerFault =
  | { field: "name"; fault: "invitation.name" }
  | { field: "password"; fault: PasswordFault };

/** An invitation is worth what its inviter may still do. */
async function findValid({ invitations, act }: AcceptDeps, token: string): Promise<OpenInvitation> {
  const known = isOpaqueToken(INVITATION_PREFIX, token);
  const invitation = known ? await invitations.findOpen(await sha256Hex(token), act.now) : null;
  const inviterRole = invitation?.inviterRole ?? null;
  if (invitation === null || inviterRole === null || !mayManage(inviterRole, invitation.role)) {
    throw new AccountRefused("invitations.refused");
  }
  return invitation;
}

function acceptedRecord(act: ActContext, invitation: OpenInvitation, userId: string): AuditRecord {
  return auditRecord(act, {
    organisationId: invitation.organisationId,
    actor: { kind: "user", id: userId },
    action: "invitation.accepted",
    resource: { kind: "invitation", id: invitation.id },
    outcome: "success",
    details: { role: invitation.role, new_account: invitation.account === null },
  });
}

/** `userId` null: nothing was done, as something changed since the invitation was read. */
type Answer = { userId: string | null } | { fault: NewcomerFault };

async function joinAsNewcomer(
  deps: AcceptDeps,
  invitation: OpenInvitation,
  { name, password }: Acceptance,
): Promise<Answer> {
  if (name === null) return { fault: { field: "name", fault: "invitation.name" } };
  const names = [invitation.email, name, invitation.organisationName];
  const fault = passwordFault(deps.commonPasswords, password, names);
  if (fault !== null) return { fault: { field: "password", fault } };
  const userId = deps.act.newId("usr");
  const newcomer = { userId, name, passwordHash: await deps.passwords.hash(password) };
  const record = acceptedRecord(deps.act, invitation, userId);
  const joined = await deps.invitations.acceptAsNewcomer(invitation.id, newcomer, record);
  return { userId: joined ? userId : null };
}

async function joinAsUser(deps: AcceptDeps, invitation: OpenInvitation, password: string): Promise<Answer> {
  const user = await verifyPassword(deps, deps.act, { email: invitation.email, password });
  if (user === null) throw new AccountRefused("invitations.refused");
  if (invitation.account?.member === true) throw new AccountRefused("invitations.already_member");
  const record = acceptedRecord(deps.act, invitation, user.id);
  const joined = await deps.invitations.acceptAsUser(invitation.id, user.id, record);
  return { userId: joined ? user.id : null };
}

/**
 * Makes the bearer of an invitation a member: an account of the invited address gives its password, otherwise one is
 * created. Throws `AccountRefused` (`invitations.refused`, `invitations.already_member`), `LimitReached`,
 * `LimiterUnavailable`.
 */
export async function acceptInvitation(
  deps: AcceptDeps,
  acceptance: Acceptance,
): Promise<Joined | { fault: NewcomerFault }> {
  const invitation = await findValid(deps, acceptance.token);
  const answer =
    invitation.account === null
      ? await joinAsNewcomer(deps, invitation, acceptance)
      : await joinAsUser(deps, invitation, acceptance.password);
  if ("fault" in answer) return answer;
  if (answer.userId === null) return acceptInvitation(deps, acceptance);
  const { organisationId, organisationName, role } = invitation;
  return { userId: answer.userId, organisationId, organisationName, role };
}
