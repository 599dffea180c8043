import { z } from "zod";
import type { AuditRecord } from "../../domain/audit/audit-record.ts";
import type { CompanyChange, ToldCompany } from "../../domain/enrichment/ports.ts";
import { SourceState } from "../../domain/enrichment/source-state.ts";
import type { StoredCompanies } from "../../domain/jobs/ports.ts";
import { Score } from "../../domain/scoring/score.ts";
import { enrichedEvent } from "../../domain/webhooks/enriched-event.ts";
import { metrics } from "../../observability/metric-buffer.ts";
import { auditInsert } from "./audited.ts";
import { saveStatements } from "./company-statements.ts";
import { type Database, query, type Statement, transact } from "./database.ts";
import { eventInsert } from "./webhook-statements.ts";

const Row = z.object({ score: Score, states: z.array(SourceState) });
const EventRow = z.object({ id: z.string() });

const LOAD = `
select c.score, coalesce(
  (select jsonb_agg(s.state order by s.source) from company_sources s where s.siren = c.siren), '[]') as states
from companies c where c.siren = $1`;

const WRITTEN = "select id from webhook_events where id = any($1)";

const ManyRow = Row.extend({ siren: z.string() });

const LOAD_MANY = `
select c.siren, c.score, coalesce(
  (select jsonb_agg(s.state order by s.source) from company_sources s where s.siren = c.siren), '[]') as states
from companies c where c.siren = any($1::text[])`;

export class CompanyRepository implements StoredCompanies {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** null: never stored. Throws `StorageUnavailable`. */
  async load(siren: string): Promise<{ states: SourceState[]; score: Score } | null> {
    const [row] = await query(this.#db, LOAD, [siren]);
    return row === undefined ? null : Row.parse(row);
  }

  async loadMany(sirens: string[]): Promise<Map<string, { states: SourceState[]; score: Score }>> {
    const rows = await query(this.#db, LOAD_MANY, [sirens]);
    return new Map(
      rows.map((row) => {
        const { siren, ...company } = ManyRow.parse(row);
        return [siren, company];
      }),
    );
  }

  /**
   * All or nothing: the change, the audit's records, and the events for those who listen to enrichments. Gives the ids
   * of the events. Throws `StorageUnavailable`.
   */
  async save(change: CompanyChange, records: AuditRecord[]): Promise<string[]> {
    const told = await this.#tell(change, records, saveStatements(change));
    const { ma_score: score } = change.score;
    if (score !== null) metrics.observe("ma_scores_distribution", {}, score);
    return told;
  }

  /** As `save`, for what could not go with one. */
  async record(record: AuditRecord, about: ToldCompany): Promise<string[]> {
    return this.#tell(about, [record], []);
  }

  async #tell(about: ToldCompany, records: AuditRecord[], before: Statement[]): Promise<string[]> {
    const events = records.flatMap((record) => enrichedEvent(about, record) ?? []);
    const rows = await transact(this.#db, [
      ...before,
      ...records.map(auditInsert),
      ...events.map((event) => eventInsert(event)),
      { text: WRITTEN, params: [events.map(({ id }) => id)] },
    ]);
    return rows.map((row) => EventRow.parse(row).id);
  }
}
