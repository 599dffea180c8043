import { type ActContext, auditRecord } from "../../audit/audit-record.ts";
import { AccountRefused, ResourceNotFound } from "../errors.ts";
import { ensureNotLastOwner } from "./last-owner.ts";
import { auditActor, mayManage, type MemberActor } from "./member-actor.ts";
import type { MemberStore } from "./ports.ts";

interface Deps {
  members: MemberStore;
  act: ActContext;
}

/**
 * Ends a membership, one's own included, and the sessions that came of it; the account stays. Throws
 * `ResourceNotFound`, `AccountRefused` (`members.owner_only`, `members.last_owner`).
 */
export async function removeMember(deps: Deps, actor: MemberActor, userId: string): Promise<void> {
  const { organisationId } = actor;
  const member = await deps.members.find(organisationId, userId);
  if (member === null) throw new ResourceNotFound();
  const leaves = userId === actor.userId;
  if (!leaves && !mayManage(actor.role, member.role)) throw new AccountRefused("members.owner_only");
  const record = auditRecord(deps.act, {
    organisationId,
    actor: auditActor(actor),
    action: "member.removed",
    resource: { kind: "user", id: userId },
    outcome: "success",
    details: { role: member.role, left: leaves },
  });
  const seen = { organisationId, userId, role: member.role };
  if (await deps.members.remove(seen, record)) return;
  await ensureNotLastOwner(deps.members, seen);
  await removeMember(deps, actor, userId);
}
