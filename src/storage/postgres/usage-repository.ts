import { z } from "zod";
import { SourceName } from "../../domain/enrichment/source.ts";
import { microsOfCents } from "../../domain/usage/money.ts";
import { monthRange } from "../../domain/usage/month.ts";
import { budgetCents } from "../../domain/usage/plan-budgets.ts";
import {
  ENTRY_STATES,
  type EntryFilter,
  type LedgerEntry,
  type MonthUsage,
  type UsageReports,
} from "../../domain/usage/ports.ts";
import { type Database, query } from "./database.ts";

/** The driver gives 64-bit integers as text; ours stay far below 2^53. */
const whole = z.coerce.number().int();

const MonthRow = z.object({
  plan: z.enum(["free", "pro", "enterprise", "admin"]),
  monthly_budget_cents: z.int().nullable(),
  spent_micros: whole,
  reserved_micros: whole,
  spent_credits: whole,
  calls: whole,
  by_source: z.array(z.object({ source: SourceName, calls: whole, credits: whole, micros: whole })),
});

/** $1 organisation, $2 first day, $3 and $4 the month's bounds */
const MONTH = `
select o.plan, o.monthly_budget_cents, coalesce(m.spent_micros, 0) as spent_micros,
  coalesce(m.reserved_micros, 0) as reserved_micros, coalesce(m.spent_credits, 0) as spent_credits,
  coalesce(m.calls, 0) as calls,
  coalesce((select jsonb_agg(to_jsonb(s) order by s.source) from (
    select source, count(*) as calls, sum(credits) as credits, sum(micros) as micros from ledger_entries
    where organisation_id = o.id and reserved_at >= $3::timestamptz and reserved_at < $4::timestamptz
      and state in ('settled', 'presumed')
    group by source) s), '[]') as by_source
from organisations o left join usage_months m on m.organisation_id = o.id and m.month = $2::date
where o.id = $1`;

const EntryRow = z.object({
  id: z.string(),
  source: SourceName,
  siren: z.string(),
  state: z.enum(ENTRY_STATES),
  credits: z.int().nullable(),
  micros: whole.nullable(),
  reserved_at: z.date(),
  settled_at: z.date().nullable(),
});

/** $1 organisation, $2 and $3 bounds, $4 source, $5 state, $6 the last entry seen, $7 at most; null: any */
const ENTRIES = `
select id, source, siren, state, credits, micros, reserved_at, settled_at from ledger_entries
where organisation_id = $1
  and ($2::timestamptz is null or reserved_at >= $2::timestamptz)
  and ($3::timestamptz is null or reserved_at < $3::timestamptz)
  and ($4::text is null or source = $4::text) and ($5::text is null or state = $5::text)
  and ($6::text is null or (reserved_at, id) < (
    select reserved_at, id from ledger_entries where organisation_id = $1 and id = $6::text))
order by reserved_at desc, id desc limit $7::int`;

export class UsageRepository implements UsageReports {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async month(organisationId: string, month: string): Promise<MonthUsage> {
    const bounds = boundsOf(month);
    const [found] = await query(this.#db, MONTH, [organisationId, `${month}-01`, ...bounds]);
    const row = MonthRow.parse(found);
    const cents = budgetCents(row.plan, row.monthly_budget_cents);
    return {
      plan: row.plan,
      budgetMicros: cents === null ? null : microsOfCents(cents),
      spentMicros: row.spent_micros,
      reservedMicros: row.reserved_micros,
      credits: row.spent_credits,
      calls: row.calls,
      bySource: row.by_source,
    };
  }

  async entries(
    organisationId: string,
    { month, source, state }: EntryFilter,
    { limit, after }: { limit: number; after: string | null },
  ): Promise<LedgerEntry[]> {
    const bounds = month === undefined ? [null, null] : boundsOf(month);
    const params = [organisationId, ...bounds, source ?? null, state ?? null, after, limit];
    const rows = await query(this.#db, ENTRIES, params);
    return z
      .array(EntryRow)
      .parse(rows)
      .map(({ reserved_at, settled_at, ...entry }) => ({
        ...entry,
        reservedAt: reserved_at.toISOString(),
        settledAt: settled_at?.toISOString() ?? null,
      }));
  }
}

function boundsOf(month: string): string[] {
  const { from, to } = monthRange(month);
  return [new Date(from).toISOString(), new Date(to).toISOString()];
}
