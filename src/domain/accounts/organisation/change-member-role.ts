import { type ActContext, auditRecord } from "../../audit/audit-record.ts";
import { ensureAuthority } from "../authority.ts";
import { AccountRefused, ResourceNotFound } from "../errors.ts";
import type { Role } from "../principal.ts";
import { ensureNotLastOwner } from "./last-owner.ts";
import { auditActor, managersOf, type MemberActor } from "./member-actor.ts";
import type { Member, MemberStore } from "./ports.ts";

interface Deps {
  members: MemberStore;
  act: ActContext;
}

/**
 * Gives a member another role. Throws `ResourceNotFound`, `AccountRefused` (`members.owner_only`,
 * `members.last_owner`, `auth.role_changed`).
 */
export async function changeMemberRole(
  deps: Deps,
  actor: MemberActor,
  input: { userId: string; role: Role },
): Promise<Member> {
  const { organisationId } = actor;
  const { userId, role } = input;
  const member = await deps.members.find(organisationId, userId);
  if (member === null) throw new ResourceNotFound();
  const by = { userId: actor.userId, roles: managersOf(member.role, role) };
  if (!by.roles.includes(actor.role)) throw new AccountRefused("members.owner_only");
  if (member.role === role) return member;
  const record = auditRecord(deps.act, {
    organisationId,
    actor: auditActor(actor),
    action: "member.role_changed",
    resource: { kind: "user", id: userId },
    outcome: "success",
    details: { from: member.role, to: role },
  });
  const seen = { organisationId, userId, role: member.role };
  if (await deps.members.changeRole(seen, { role, by }, record)) return { ...member, role };
  await ensureAuthority(deps.members, organisationId, by);
  await ensureNotLastOwner(deps.members, seen);
  return changeMemberRole(deps, actor, input);
}
