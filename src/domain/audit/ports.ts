import type { AuditRecord } from "./audit-record.ts";

/** For acts that write nothing else to Postgres; the others carry their record in their own transaction. */
export interface AuditTrail {
  /** Throws `AuditUnavailable`: the act must then not happen, or not be answered as done. */
  record(record: AuditRecord): Promise<void>;
}

/** Asks the chain of an organisation to take what waits in the outbox. Never throws: a cron asks again. */
export type ChainPoke = (organisationId: string) => Promise<void>;
