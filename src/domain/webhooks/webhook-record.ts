import { type AuditAction, type AuditRecord, auditRecord } from "../audit/audit-record.ts";
import type { WebhookActor } from "./ports.ts";

/** Addresses and descriptions are chosen by people and stay out of the audit. */
export function webhookRecord(
  { organisationId, actor, context }: WebhookActor,
  endpointId: string,
  act: { action: AuditAction; details: AuditRecord["details"] },
): AuditRecord {
  const resource = { kind: "webhook", id: endpointId };
  return auditRecord(context, { organisationId, actor, resource, outcome: "success", ...act });
}
