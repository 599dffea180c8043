import { type ActContext, type AuditInput, auditRecord } from "../audit/audit-record.ts";
import { ResourceNotFound } from "./errors.ts";
import type { SessionOwner, SessionStore } from "./sign-in-ports.ts";

function revocation(by: SessionOwner, resourceId: string, reason: string): AuditInput {
  return {
    organisationId: by.organisationId,
    actor: { kind: "user", id: by.userId },
    action: "session.revoked",
    resource: { kind: "session", id: resourceId },
    outcome: "success",
    details: { reason },
  };
}

/** Ends the session that asks; ending it twice changes nothing. */
export async function signOut(
  sessions: Pick<SessionStore, "revoke">,
  act: ActContext,
  by: SessionOwner,
): Promise<void> {
  const at = new Date(act.now).toISOString();
  const record = auditRecord(act, revocation(by, by.sessionId, "logout"));
  await sessions.revoke({ ...by, at, reason: "logout" }, record);
}

/** Ends one session of the person who asks. Throws `ResourceNotFound` when he has no such session. */
export async function revokeSession(
  sessions: Pick<SessionStore, "revoke">,
  act: ActContext,
  { by, sessionId }: { by: SessionOwner; sessionId: string },
): Promise<void> {
  const at = new Date(act.now).toISOString();
  const record = auditRecord(act, revocation(by, sessionId, "revoked"));
  const revoked = await sessions.revoke({ sessionId, userId: by.userId, at, reason: "revoked" }, record);
  if (!revoked) throw new ResourceNotFound();
}

/** Ends all sessions of a person but the one that asks. */
export async function revokeOtherSessions(
  sessions: Pick<SessionStore, "revokeOthers">,
  act: ActContext,
  by: SessionOwner,
): Promise<void> {
  const at = new Date(act.now).toISOString();
  await sessions.revokeOthers({ ...by, at }, auditRecord(act, revocation(by, by.sessionId, "all_but_this")));
}
