import { sha256Hex } from "../../../lib/digest.ts";
import { isOpaqueToken } from "../../../lib/opaque-token.ts";
import { auditRecord, type ActContext, type AuditRecord } from "../../audit/audit-record.ts";
import { AccountRefused } from "../errors.ts";
import { passwordFault, type PasswordFault, type PasswordList } from "../password-rule.ts";
import type { Role } from "../principal.ts";
import { type VerifyDeps, verifyPassword } from "../verify-password.ts";
import { INVITATION_PREFIX } from "./create-invitation.ts";
import { managersOf } from "./member-actor.ts";
import type { InvitationStore, OpenInvitation, SeenInvitation } from "./ports.ts";

export interface AcceptDeps extends VerifyDeps {
  invitations: InvitationStore;
  commonPasswords: PasswordList;
  act: ActContext;
}

export interface Acceptance {
  token: string;
  /** Of a new account; an existing one keeps its own. */
  name: string;
  /** The account's; of a new account, to be. */
  password: string;
}

export interface Joined {
  userId: string;
  organisationId: string;
  organisationName: string;
  role: Role;
}

/** An invitation is worth what its inviter may still do. */
async function findValid({ invitations, act }: AcceptDeps, token: string): Promise<OpenInvitation> {
  const known = isOpaqueToken(INVITATION_PREFIX, token);
  const invitation = known ? await invitations.findOpen(await sha256Hex(token), act.now) : null;
  const inviterRole = invitation?.inviterRole ?? null;
  if (invitation === null || inviterRole === null || !managersOf(invitation.role).includes(inviterRole)) {
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

function seenOf({ id, role }: OpenInvitation): SeenInvitation {
  return { id, inviterRoles: managersOf(role) };
}

/** Who joined; null: nobody, as something changed since the invitation was read. */
async function joinAsNewcomer(
  deps: AcceptDeps,
  invitation: OpenInvitation,
  { name, password }: Acceptance,
): Promise<string | null> {
  const userId = deps.act.newId("usr");
  const newcomer = { userId, name, passwordHash: await deps.passwords.hash(password) };
  const record = acceptedRecord(deps.act, invitation, userId);
  const joined = await deps.invitations.acceptAsNewcomer(seenOf(invitation), newcomer, record);
  return joined ? userId : null;
}

/** As `joinAsNewcomer`. */
async function joinAsUser(
  deps: AcceptDeps,
  invitation: OpenInvitation,
  password: string,
): Promise<string | null> {
  const user = await verifyPassword(deps, deps.act, { email: invitation.email, password });
  if (user === null) throw new AccountRefused("invitations.refused");
  if (invitation.account?.member === true) throw new AccountRefused("invitations.already_member");
  const record = acceptedRecord(deps.act, invitation, user.id);
  const joined = await deps.invitations.acceptAsUser(seenOf(invitation), user.id, record);
  return joined ? user.id : null;
}

/**
 * Makes the bearer of an invitation a member: an account of the invited address gives its password, otherwise one is
 * created. The rules of new passwords hold for both, so that a refusal does not tell which. Throws `AccountRefused`
 * (`invitations.refused`, `invitations.already_member`), `LimitReached`, `LimiterUnavailable`.
 */
export async function acceptInvitation(
  deps: AcceptDeps,
  acceptance: Acceptance,
): Promise<Joined | { fault: PasswordFault }> {
  const invitation = await findValid(deps, acceptance.token);
  const names = [invitation.email, invitation.organisationName];
  const fault = passwordFault(deps.commonPasswords, acceptance.password, names);
  if (fault !== null) return { fault };
  const userId =
    invitation.account === null
      ? await joinAsNewcomer(deps, invitation, acceptance)
      : await joinAsUser(deps, invitation, acceptance.password);
  if (userId === null) return acceptInvitation(deps, acceptance);
  const { organisationId, organisationName, role } = invitation;
  return { userId, organisationId, organisationName, role };
}
