import type { AuditRecord } from "../audit/audit-record.ts";
import type { ToldCompany } from "../enrichment/ports.ts";
import type { WebhookEvent } from "./webhook-event.ts";

/** What an organisation may be told of a company that it just had enriched; null for any other act. */
export function enrichedEvent({ siren, score }: ToldCompany, record: AuditRecord): WebhookEvent | null {
  const { id, at, organisationId, action, requestId, details } = record;
  const sources = details["sources"];
  if (action !== "company.enriched" || typeof sources !== "string" || score === null) return null;
  return {
    id: id.replace(/^aud_/, "evt_"),
    organisationId,
    mode: "live",
    type: "company.enriched",
    at,
    data: {
      siren,
      ma_score: score.ma_score,
      sources: sources.split(","),
      request_id: requestId,
    },
  };
}
