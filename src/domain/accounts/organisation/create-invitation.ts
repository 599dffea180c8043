import { sha256Hex } from "../../../lib/digest.ts";
import { opaqueToken } from "../../../lib/opaque-token.ts";
import { type ActContext, auditRecord } from "../../audit/audit-record.ts";
import { ensureAuthority } from "../authority.ts";
import { AccountRefused } from "../errors.ts";
import type { Role } from "../principal.ts";
import { auditActor, managersOf, type MemberActor } from "./member-actor.ts";
import type { Invitation, InvitationStore, MemberStore } from "./ports.ts";

export const INVITATION_PREFIX = "mai_inv_";
const LIFETIME_MS = 7 * 86_400_000;

interface Deps {
  invitations: InvitationStore;
  members: Pick<MemberStore, "find">;
  random: (length: number) => Uint8Array;
  act: ActContext;
}

/**
 * Invites an address, in place of an invitation of the same address that still waits, for 7 days. The inviter passes
 * the token on; it can't be read again. Throws `AccountRefused` (`members.owner_only`, `auth.role_changed`,
 * `invitations.already_member`).
 */
export async function createInvitation(
  deps: Deps,
  actor: MemberActor,
  addressed: { email: string; role: Role },
): Promise<Invitation & { token: string }> {
  const { invitations, members, random, act } = deps;
  const { email, role } = addressed;
  const { organisationId, userId } = actor;
  const by = { userId, roles: managersOf(role) };
  if (!by.roles.includes(actor.role)) throw new AccountRefused("members.owner_only");
  const addressee = await invitations.findAddressee(organisationId, { email, now: act.now });
  if (addressee.member) throw new AccountRefused("invitations.already_member");
  const invitation = {
    id: act.newId("inv"),
    email,
    role,
    createdAt: new Date(act.now).toISOString(),
    expiresAt: new Date(act.now + LIFETIME_MS).toISOString(),
  };
  const record = auditRecord(act, {
    organisationId,
    actor: auditActor(actor),
    action: "invitation.created",
    resource: { kind: "invitation", id: invitation.id },
    outcome: "success",
    details: { role, replaces: addressee.invitationId },
  });
  const token = opaqueToken(INVITATION_PREFIX, random);
  const seen = { organisationId, by, replaces: addressee.invitationId };
  const tokenHash = await sha256Hex(token);
  if (await invitations.create({ ...invitation, ...seen, tokenHash }, record)) {
    return { ...invitation, invitedBy: userId, token };
  }
  await ensureAuthority(members, organisationId, by);
  return createInvitation(deps, actor, addressed);
}
