import type { Principal } from "../accounts/principal.ts";
import { type ActContext, type AuditInput, auditRecord } from "../audit/audit-record.ts";
import type { AuditTrail } from "../audit/ports.ts";
import type { SourceName } from "./source.ts";

export interface Collection {
  siren: string;
  /** Those whose answers the organisation gets just now: officers are people. */
  sources: SourceName[];
  credits: number;
  /** People whose contacts were bought, and what they took. */
  contacts: { people: number; credits: number };
}

export interface RecordDeps {
  trail: AuditTrail;
  act: ActContext;
}

/**
 * Personal data that an organisation just collected is in its audit before it gets them; false: there were none.
 * Throws `AuditUnavailable`.
 */
export async function recordCollection(
  { trail, act }: RecordDeps,
  { organisationId, actor }: Principal,
  { siren, sources, credits, contacts }: Collection,
): Promise<boolean> {
  const acts: Pick<AuditInput, "action" | "details">[] = [];
  if (sources.length > 0) {
    acts.push({ action: "company.enriched", details: { sources: sources.join(","), credits } });
  }
  if (contacts.people > 0) acts.push({ action: "contacts.collected", details: contacts });
  const resource = { kind: "company", id: siren };
  await Promise.all(
    acts.map(async (one) =>
      trail.record(auditRecord(act, { organisationId, actor, resource, outcome: "success", ...one })),
    ),
  );
  return acts.length > 0;
}
