import { AccountRefused } from "./errors.ts";
import type { MemberStore } from "./organisation/ports.ts";
import { type Role, ROLES, ROLE_SCOPES, type Scope } from "./principal.ts";

/**
 * Who acts, and the roles that may do this act. A session is remembered for seconds, so that a store does the act only
 * while the person still has one of them.
 */
export interface Authority {
  userId: string;
  roles: readonly Role[];
}

export function rolesWith(...scopes: Scope[]): Role[] {
  return ROLES.filter((role) => scopes.every((scope) => ROLE_SCOPES[role].includes(scope)));
}

/**
 * After a store did nothing: throws `AccountRefused` (`auth.role_changed`, or `members.owner_only` for who still
 * manages members) when the person's role no longer allows it.
 */
export async function ensureAuthority(
  members: Pick<MemberStore, "find">,
  organisationId: string,
  { userId, roles }: Authority,
): Promise<void> {
  const role = (await members.find(organisationId, userId))?.role;
  if (role !== undefined && roles.includes(role)) return;
  const manages = role !== undefined && ROLE_SCOPES[role].includes("members:write");
  throw new AccountRefused(manages ? "members.owner_only" : "auth.role_changed");
}
