import type { Ledger, PaidCall, Reservation, Settlement } from "../../domain/usage/ports.ts";
import { costMicros, type CreditPrices } from "../../domain/usage/money.ts";
import { monthEnd, monthOf } from "../../domain/usage/month.ts";
import { PLAN_BUDGET_CENTS } from "../../domain/usage/plan-budgets.ts";
import { type Database, query } from "./database.ts";

/**
 * An organisation sets itself less than its plan allows, never more; `least` ignores nulls.
 * The month's row is the lock: the guard is checked against its newest version, and on a month's first call as well.
 * $1 organisation, $2 first day of the month, $3 micros, $4 cents by plan, $5 id, $6 source, $7 siren, $8 credits, $9 now
 */
const RESERVE = `
with known as (select id from ledger_entries where id = $5),
budget as (
  select id, least(monthly_budget_cents, ($4::jsonb ->> plan)::bigint) * 10000 as micros
  from organisations where id = $1 and not exists (select from known)),
taken as (
  insert into usage_months as m (organisation_id, month, reserved_micros)
  select id, $2::date, $3::bigint from budget where micros is null or $3::bigint <= micros
  on conflict (organisation_id, month) do update set reserved_micros = m.reserved_micros + excluded.reserved_micros
  where (select micros is null or m.reserved_micros + m.spent_micros + excluded.reserved_micros <= micros from budget)
  returning m.organisation_id),
made as (
  insert into ledger_entries (id, organisation_id, source, siren, state, reserved_credits, reserved_micros, reserved_at)
  select $5, organisation_id, $6, $7, 'reserved', $8::int, $3::bigint, $9::timestamptz from taken
  returning id)
select id from made union all select id from known`;

const MONTH_OF_ENTRY = "date_trunc('month', s.reserved_at at time zone 'utc')::date";

/**
 * A credit costs what it did when it was reserved. Calls beyond the first, which took nothing, get lines of their own.
 * $1 id, $2 credits, $3 calls, $4 now
 */
const SETTLE = `
with s as (
  update ledger_entries set state = 'settled', credits = $2::int, settled_at = $4::timestamptz,
    micros = case when reserved_credits = 0 then 0 else reserved_micros / reserved_credits * $2::int end
  where id = $1 and state = 'reserved'
  returning organisation_id, source, siren, reserved_at, reserved_micros, micros),
others as (
  insert into ledger_entries (id, organisation_id, source, siren, state, reserved_credits, reserved_micros,
    credits, micros, reserved_at, settled_at)
  select $1 || '-' || n, organisation_id, source, siren, 'settled', 0, 0, 0, 0, reserved_at, $4::timestamptz
  from s, generate_series(2, $3::int) n)
update usage_months m set reserved_micros = m.reserved_micros - s.reserved_micros,
  spent_micros = m.spent_micros + s.micros, spent_credits = m.spent_credits + $2::int, calls = m.calls + $3::int
from s where m.organisation_id = s.organisation_id and m.month = ${MONTH_OF_ENTRY}`;

/** $1 id, $2 now */
const RELEASE = `
with s as (
  update ledger_entries set state = 'released', credits = 0, micros = 0, settled_at = $2::timestamptz
  where id = $1 and state = 'reserved'
  returning organisation_id, reserved_at, reserved_micros)
update usage_months m set reserved_micros = m.reserved_micros - s.reserved_micros
from s where m.organisation_id = s.organisation_id and m.month = ${MONTH_OF_ENTRY}`;

/** $1 reserved before, $2 now, $3 at most */
const PRESUME = `
with late as (
  select id from ledger_entries where state = 'reserved' and reserved_at < $1::timestamptz
  order by reserved_at limit $3::int for update skip locked),
presumed as (
  update ledger_entries e set state = 'presumed', credits = reserved_credits, micros = reserved_micros,
    settled_at = $2::timestamptz
  from late where e.id = late.id
  returning e.organisation_id, e.reserved_at, e.micros, e.credits),
sums as (
  select s.organisation_id, ${MONTH_OF_ENTRY} as month, sum(s.micros) as micros, sum(s.credits) as credits,
    count(*) as calls
  from presumed s group by 1, 2),
counted as (
  update usage_months m set reserved_micros = m.reserved_micros - sums.micros,
    spent_micros = m.spent_micros + sums.micros, spent_credits = m.spent_credits + sums.credits,
    calls = m.calls + sums.calls
  from sums where m.organisation_id = sums.organisation_id and m.month = sums.month)
select count(*)::int as entries, coalesce(sum(credits), 0)::int as credits from presumed`;

export interface Presumed {
  entries: number;
  credits: number;
}

/** Each act is one statement: the entry and the month's sums change together or not at all. */
export class LedgerRepository implements Ledger {
  readonly #db: Database;
  readonly #prices: CreditPrices;
  readonly #now: () => number;

  constructor(db: Database, prices: CreditPrices, now: () => number) {
    this.#db = db;
    this.#prices = prices;
    this.#now = now;
  }

  async reserve(id: string, { organisationId, source, siren, credits }: PaidCall): Promise<Reservation> {
    const now = this.#now();
    const rows = await query(this.#db, RESERVE, [
      organisationId,
      `${monthOf(now)}-01`,
      costMicros(this.#prices, source, credits),
      JSON.stringify(PLAN_BUDGET_CENTS),
      id,
      source,
      siren,
      credits,
      iso(now),
    ]);
    return rows.length > 0 ? { granted: true } : { granted: false, retryAfterMs: monthEnd(now) - now };
  }

  async settle(id: string, { calls, credits }: Settlement): Promise<void> {
    await query(this.#db, SETTLE, [id, credits, calls, iso(this.#now())]);
  }

  async release(id: string): Promise<void> {
    await query(this.#db, RELEASE, [id, iso(this.#now())]);
  }

  /** Settles, at what was reserved, calls of which nothing was heard for `ageMs`: `limit` at most. */
  async presume(ageMs: number, limit: number): Promise<Presumed> {
    const now = this.#now();
    const [row] = await query<Presumed>(this.#db, PRESUME, [iso(now - ageMs), iso(now), limit]);
    return row ?? { entries: 0, credits: 0 };
  }
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
