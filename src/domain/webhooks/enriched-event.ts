import type { AuditRecord } from "../audit/audit-record.ts";
import type { CompanyChange } from "../enrichment/ports.ts";
import type { WebhookEvent } from "./webhook-event.ts";

/** What an organisation may be told of a company that it just had enriched; null for any other act. */
export function enrichedEvent(change: CompanyChange, record: AuditRecord): WebhookEvent | null {
  const { id, at, organisationId, action, requestId, details } = record;
  const sources = details["sources"];
  if (action !== "company.enriched" || typeof sources !== "string") return null;
  return {
    id: id.replace(/^aud_/, "evt_"),
    organisationId,
    type: "company.enriched",
    at,
    data: {
      siren: change.siren,
      ma_score: change.score.ma_score,
      sources: sources.split(","),
      request_id: requestId,
    },
  };
}
