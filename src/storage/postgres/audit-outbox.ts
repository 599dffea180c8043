import type { AuditRecord } from "../../domain/audit/audit-record.ts";
import { AuditUnavailable } from "../../domain/audit/errors.ts";
import type { AuditTrail } from "../../domain/audit/ports.ts";
import { auditInsert } from "./audited.ts";
import { type Database, query } from "./database.ts";

/** Records of acts that write nothing else. */
export class AuditOutbox implements AuditTrail {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async record(record: AuditRecord): Promise<void> {
    const { text, params } = auditInsert(record);
    try {
      await query(this.#db, text, params);
    } catch (error) {
      throw new AuditUnavailable(error);
    }
  }
}
