import { type ActContext, auditRecord } from "../../audit/audit-record.ts";
import { type Authority, ensureAuthority, rolesWith } from "../authority.ts";
import { ResourceNotFound } from "../errors.ts";
import { auditActor, type MemberActor } from "./member-actor.ts";
import type { InvitationStore, MemberStore } from "./ports.ts";

interface Deps {
  invitations: InvitationStore;
  members: Pick<MemberStore, "find">;
  act: ActContext;
}

/** Throws `ResourceNotFound` for one that no longer waits for an answer, `AccountRefused` (`auth.role_changed`). */
export async function revokeInvitation(
  { invitations, members, act }: Deps,
  actor: MemberActor,
  invitationId: string,
): Promise<void> {
  const { organisationId } = actor;
  const record = auditRecord(act, {
    organisationId,
    actor: auditActor(actor),
    action: "invitation.revoked",
    resource: { kind: "invitation", id: invitationId },
    outcome: "success",
    details: {},
  });
  const by: Authority = { userId: actor.userId, roles: rolesWith("members:write") };
  if (await invitations.revoke(invitationId, by, record)) return;
  await ensureAuthority(members, organisationId, by);
  throw new ResourceNotFound();
}
