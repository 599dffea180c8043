import type { AuditRecord } from "../../domain/audit/audit-record.ts";
import type { Statement } from "./database.ts";

interface AuditedStatement extends Statement {
  /** SQL of a JSON object, of one row `one` of the result: it joins the details, which without it nobody could know. */
  learned?: string;
}

/**
 * A statement that writes the record of an act if, and only if, the act takes effect: `text` is an INSERT, UPDATE or
 * DELETE with RETURNING, or a SELECT from a step that is one; its rows are the result, and no row means that nothing
 * happened and nothing is recorded.
 * `steps`: further common table expressions, which `text` and one another may refer to, before it.
 */
export function audited(statement: AuditedStatement, record: AuditRecord, steps: string[] = []): Statement {
  const { text, params, learned = null } = statement;
  const at = params.length;
  const given = `$${at + 3}::jsonb`;
  const kept =
    learned === null ? given : `jsonb_set(${given}, '{details}', ${given} -> 'details' || ${learned})`;
  const written = `audited as (
    insert into audit_outbox (id, organisation_id, record)
    select $${at + 1}, $${at + 2}, ${kept} from (select * from act limit 1) one)`;
  return {
    text: `with ${[...steps, `act as (${text})`, written].join(", ")} select * from act`,
    params: [...params, ...auditParams(record)],
  };
}

/** The record alone, for a transaction whose other statements can't fail silently. */
export function auditInsert(record: AuditRecord): Statement {
  return {
    text: "insert into audit_outbox (id, organisation_id, record) values ($1, $2, $3::jsonb)",
    params: auditParams(record),
  };
}

function auditParams(record: AuditRecord): string[] {
  return [record.id, record.organisationId, JSON.stringify(record)];
}
