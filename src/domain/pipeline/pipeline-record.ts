import { type AuditAction, type AuditRecord, auditRecord } from "../audit/audit-record.ts";
import type { PipelineActor } from "./ports.ts";

interface Act {
  action: AuditAction;
  resource: { kind: "company" | "list" | "note"; id: string };
  details: AuditRecord["details"];
}

/** What people write, names of lists included, stays out of the audit. */
export function pipelineRecord({ principal, context }: PipelineActor, act: Act): AuditRecord {
  const { organisationId, actor } = principal;
  return auditRecord(context, { organisationId, actor, outcome: "success", ...act });
}
