import { type ActContext, type AuditInput, type AuditRecord, auditRecord } from "../audit/audit-record.ts";
import type { Requester } from "./ports.ts";

/** What an organisation just collected about people: officers, or contacts. */
export type Collection = Pick<AuditInput, "action" | "details">;

export function collectionRecord(
  { organisationId, actor, origin }: Requester,
  at: Pick<ActContext, "now" | "newId"> & { siren: string },
  collection: Collection,
): AuditRecord {
  const resource = { kind: "company", id: at.siren };
  return auditRecord(
    { ...at, origin },
    { organisationId, actor, resource, outcome: "success", ...collection },
  );
}
