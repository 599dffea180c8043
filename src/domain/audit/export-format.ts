import { csvRow } from "../../lib/csv-row.ts";
import type { AuditEntry } from "./audit-entry.ts";

export interface ExportFormat {
  /** Before the first entry. */
  head: string;
  line: (entry: AuditEntry) => string;
}

type Cell = string | number | null;

const COLUMNS: Record<string, (entry: AuditEntry) => Cell> = {
  organisation_id: (entry) => entry.organisation_id,
  seq: (entry) => entry.seq,
  at: (entry) => entry.at,
  id: (entry) => entry.id,
  actor_kind: (entry) => entry.actor.kind,
  actor_id: (entry) => entry.actor.id,
  action: (entry) => entry.action,
  resource_kind: (entry) => entry.resource?.kind ?? null,
  resource_id: (entry) => entry.resource?.id ?? null,
  outcome: (entry) => entry.outcome,
  request_id: (entry) => entry.request_id,
  details: (entry) => JSON.stringify(entry.details),
  address: (entry) => entry.address,
  user_agent: (entry) => entry.user_agent,
  salt: (entry) => entry.salt,
  address_commitment: (entry) => entry.address_commitment,
  user_agent_commitment: (entry) => entry.user_agent_commitment,
  previous_hash: (entry) => entry.previous_hash,
  hash: (entry) => entry.hash,
};

/** Everything that the proof needs, one JSON object a line: what docs/audit.md verifies. */
export const NDJSON: ExportFormat = { head: "", line: (entry) => `${JSON.stringify(entry)}\n` };

/** For spreadsheets: dangerous cells are disarmed, which changes them, so that proofs need the other format. */
export const CSV: ExportFormat = {
  head: csvRow(Object.keys(COLUMNS)),
  line: (entry) => csvRow(Object.values(COLUMNS).map((read) => read(entry))),
};
