import type { AuditRecord } from "../../domain/audit/audit-record.ts";
import { AuditUnavailable } from "../../domain/audit/errors.ts";
import { auditInsert } from "./audited.ts";
import { type Database, query, type Statement } from "./database.ts";

// $4 export, $5 address, $6 user agent, $7 since when
const UNLESS_RECENT = `
insert into audit_outbox (id, organisation_id, record)
select $1, $2, $3::jsonb
where not exists (
    select from audit_outbox where organisation_id = $2 and record ->> 'action' = 'export.downloaded'
      and record #>> '{resource,id}' = $4 and record ->> 'address' is not distinct from $5
      and record ->> 'userAgent' is not distinct from $6 and (record ->> 'at')::timestamptz >= $7::timestamptz)
  and not exists (
    select from audit_logs where organisation_id = $2 and action = 'export.downloaded' and resource_id = $4
      and address is not distinct from $5 and user_agent is not distinct from $6 and at >= $7::timestamptz)`;

/** Who fetched which file, from where. Throws `AuditUnavailable`. */
export class DownloadTrail {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** A new reading of the file. */
  async recordStart(record: AuditRecord): Promise<void> {
    await this.#run(auditInsert(record));
  }

  /** A piece: nothing new when the same reader has a record of this file `since` then (RFC 3339). */
  async recordPiece(record: AuditRecord, since: string): Promise<void> {
    const { params } = auditInsert(record);
    const subject = [record.resource?.id ?? null, record.address, record.userAgent, since];
    await this.#run({ text: UNLESS_RECENT, params: [...params, ...subject] });
  }

  async #run({ text, params }: Statement): Promise<void> {
    try {
      await query(this.#db, text, params);
    } catch (error) {
      throw new AuditUnavailable(error);
    }
  }
}
