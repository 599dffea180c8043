import { z } from "zod";
import type { AuditRecord } from "../../domain/audit/audit-record.ts";
import type { CompanyChange, CompanyStore } from "../../domain/enrichment/ports.ts";
import { SourceState } from "../../domain/enrichment/source-state.ts";
import { Score } from "../../domain/scoring/score.ts";
import { auditInsert } from "./audited.ts";
import { saveStatements } from "./company-statements.ts";
import { type Database, query, transact } from "./database.ts";

const Row = z.object({ score: Score, states: z.array(SourceState) });

const LOAD = `
select c.score, coalesce(
  (select jsonb_agg(s.state order by s.source) from company_sources s where s.siren = c.siren), '[]') as states
from companies c where c.siren = $1`;

export class CompanyRepository implements CompanyStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async load(siren: string): Promise<{ states: SourceState[]; score: Score } | null> {
    const [row] = await query(this.#db, LOAD, [siren]);
    return row === undefined ? null : Row.parse(row);
  }

  async save(change: CompanyChange, records: AuditRecord[]): Promise<void> {
    await transact(this.#db, [...saveStatements(change), ...records.map(auditInsert)]);
  }
}
