import type { Principal } from "../accounts/principal.ts";
import { type ActContext, type AuditAction, type AuditRecord, auditRecord } from "../audit/audit-record.ts";

/** Who operates the service, and from where. */
export interface Operator {
  principal: Pick<Principal, "organisationId" | "actor">;
  context: ActContext;
}

/** The record of an operator's act, in the chain of his own organisation. */
export function operatorRecord(
  { principal, context }: Operator,
  action: AuditAction,
  about: Pick<AuditRecord, "resource" | "details"> & { outcome?: AuditRecord["outcome"] },
): AuditRecord {
  const { organisationId, actor } = principal;
  return auditRecord(context, { outcome: "success", ...about, organisationId, actor, action });
}
