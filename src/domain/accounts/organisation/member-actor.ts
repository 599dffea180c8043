import type { AuditActor } from "../../audit/audit-record.ts";
import { type Role, ROLES, ROLE_SCOPES } from "../principal.ts";

/** A person who signed in, acting in the organisation of the session. */
export interface MemberActor {
  organisationId: string;
  userId: string;
  role: Role;
}

export function auditActor({ userId }: MemberActor): AuditActor {
  return { kind: "user", id: userId };
}

/** Owners alone make and unmake owners. */
export function mayManage(role: Role, managed: Role): boolean {
  return role === "owner" || (managed !== "owner" && ROLE_SCOPES[role].includes("members:write"));
}

/** Whoever may give and take all of these. */
export function managersOf(...managed: Role[]): Role[] {
  return ROLES.filter((role) => managed.every((one) => mayManage(role, one)));
}
