import { type ActContext, auditRecord } from "../../audit/audit-record.ts";
import { ensureAuthority } from "../authority.ts";
import { AccountRefused, ResourceNotFound } from "../errors.ts";
import { ROLES } from "../principal.ts";
import { ensureNotLastOwner } from "./last-owner.ts";
import { auditActor, managersOf, type MemberActor } from "./member-actor.ts";
import type { MemberStore } from "./ports.ts";

interface Deps {
  members: MemberStore;
  act: ActContext;
}

/**
 * Ends a membership, one's own included, with the sessions and invitations that came of it; the account stays. Throws
 * `ResourceNotFound`, `AccountRefused` (`members.owner_only`, `members.last_owner`, `auth.role_changed`).
 */
export async function removeMember(deps: Deps, actor: MemberActor, userId: string): Promise<void> {
  const { organisationId } = actor;
  const member = await deps.members.find(organisationId, userId);
  if (member === null) throw new ResourceNotFound();
  const leaves = userId === actor.userId;
  const by = { userId: actor.userId, roles: leaves ? ROLES : managersOf(member.role) };
  if (!by.roles.includes(actor.role)) throw new AccountRefused("members.owner_only");
  const record = auditRecord(deps.act, {
    organisationId,
    actor: auditActor(actor),
    action: "member.removed",
    resource: { kind: "user", id: userId },
    outcome: "success",
    details: { role: member.role, left: leaves },
  });
  const seen = { organisationId, userId, role: member.role };
  if (await deps.members.remove(seen, by, record)) return;
  if (!leaves) await ensureAuthority(deps.members, organisationId, by);
  await ensureNotLastOwner(deps.members, seen);
  await removeMember(deps, actor, userId);
}
