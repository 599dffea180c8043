import { type ActContext, auditRecord } from "../../audit/audit-record.ts";
import { ResourceNotFound } from "../errors.ts";
import { auditActor, type MemberActor } from "./member-actor.ts";
import type { InvitationStore } from "./ports.ts";

interface Deps {
  invitations: InvitationStore;
  act: ActContext;
}

/** Throws `ResourceNotFound` for one that no longer waits for an answer. */
export async function revokeInvitation(
  { invitations, act }: Deps,
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
  if (!(await invitations.revoke(organisationId, invitationId, record))) throw new ResourceNotFound();
}
