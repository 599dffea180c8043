import { env } from "cloudflare:workers";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { settleReservations } from "../../../src/cron/jobs/settle-reservations.ts";
import type { PaidCall } from "../../../src/domain/usage/ports.ts";
import { monthEnd } from "../../../src/domain/usage/month.ts";
import { LedgerRepository } from "../../../src/storage/postgres/ledger-repository.ts";
import { buildServices } from "../../../src/services.ts";
import { mintWorld, type World } from "../../support/world.ts";

const PRICES = { pappers: 0.02, kaspr: 0.3 };
const PAPPERS = 20_000;
const KASPR = 300_000;
const MINUTE = 60_000;
/** Ahead of the clock of the cron that other tests may run. */
const JANUARY = Date.parse("2090-01-31T23:59:59.000Z");
const FEBRUARY = Date.parse("2090-02-01T00:00:00.000Z");

interface Sums {
  reserved: number;
  spent: number;
  credits: number;
  calls: number;
}

const mintId = (): string => `led_${crypto.randomUUID()}`;

async function board(options: { plan?: string; budgetCents?: number | null; now?: number } = {}) {
  const { plan = "free", budgetCents = null, now = JANUARY } = options;
  const world = await mintWorld();
  const { database, organisationId } = world;
  await database.query("update organisations set plan = $2, monthly_budget_cents = $3 where id = $1", [
    organisationId,
    plan,
    budgetCents,
  ]);
  const clock = { now };
  const ledger = new LedgerRepository(database, PRICES, () => clock.now);
  const call = (more: Partial<PaidCall> = {}): PaidCall => ({
    organisationId,
    source: "pappers",
    siren: world.siren(),
    credits: 1,
    ...more,
  });
  const granted = async (more: Partial<PaidCall> = {}): Promise<string> => {
    const id = mintId();
    const reservation = await ledger.reserve(id, call(more));
    if (!reservation.granted) throw new Error("refused");
    return id;
  };
  return { world, clock, ledger, call, granted };
}

async function monthsOf({ database, organisationId }: World): Promise<Record<string, Sums>> {
  const rows = await database.query(
    `select to_char(month, 'YYYY-MM') as month, reserved_micros::float8 as reserved, spent_micros::float8 as spent,
       spent_credits::float8 as credits, calls::float8 as calls
     from usage_months where organisation_id = $1`,
    [organisationId],
  );
  return Object.fromEntries(rows.map(({ month, ...sums }) => [month, sums as Sums]));
}

/** What the entries add up to, whatever the month. */
async function entriesOf({ database, organisationId }: World): Promise<Sums> {
  const [row] = await database.query(
    `select coalesce(sum(reserved_micros) filter (where state = 'reserved'), 0)::float8 as reserved,
       coalesce(sum(micros), 0)::float8 as spent, coalesce(sum(credits), 0)::float8 as credits,
       count(*) filter (where state in ('settled', 'presumed'))::float8 as calls
     from ledger_entries where organisation_id = $1`,
    [organisationId],
  );
  return row as Sums;
}

async function statesOf({ database, organisationId }: World): Promise<string[]> {
  const rows = await database.query("select state from ledger_entries where organisation_id = $1", [
    organisationId,
  ]);
  return rows.map(({ state }) => String(state)).toSorted();
}

describe("a budget", () => {
  test("of five calls grants five of fifty at the same time, on the month's first row and after it", async () => {
    const { world, ledger, call } = await board({ budgetCents: 10 });
    for (const expected of [5, 0]) {
      const reservations = await Promise.all(
        Array.from({ length: 50 }, async () => ledger.reserve(mintId(), call())),
      );
      expect(reservations.filter(({ granted }) => granted)).toHaveLength(expected);
    }
    expect(await monthsOf(world)).toMatchObject({ "2090-01": { reserved: 5 * PAPPERS, spent: 0 } });
    expect(await entriesOf(world)).toMatchObject({ reserved: 5 * PAPPERS });
  });

  test("that does not cover the first call of a month leaves no trace of it", async () => {
    const { world, ledger, call } = await board({ budgetCents: 1 });
    expect(await ledger.reserve(mintId(), call())).toEqual({ granted: false, retryAfterMs: 1_000 });
    expect([await monthsOf(world), await statesOf(world)]).toEqual([{}, []]);
  });

  test("counts what was spent, not what was reserved for it", async () => {
    const { ledger, call, granted } = await board({ budgetCents: 90 });
    const first = await granted({ source: "kaspr", credits: 3 });
    expect(await ledger.reserve(mintId(), call())).toMatchObject({ granted: false });
    await ledger.settle(first, { calls: 1, credits: 2 });
    expect(await ledger.reserve(mintId(), call({ source: "kaspr", credits: 1 }))).toMatchObject({
      granted: true,
    });
    expect(await ledger.reserve(mintId(), call())).toMatchObject({ granted: false });
  });

  test("begins anew with the month, in UTC", async () => {
    const { ledger, call, clock } = await board({ budgetCents: 2 });
    expect(await ledger.reserve(mintId(), call())).toMatchObject({ granted: true });
    expect(await ledger.reserve(mintId(), call())).toEqual({ granted: false, retryAfterMs: 1_000 });
    clock.now = FEBRUARY;
    expect(await ledger.reserve(mintId(), call())).toMatchObject({ granted: true });
    const retryAfterMs = monthEnd(FEBRUARY) - FEBRUARY;
    expect(await ledger.reserve(mintId(), call())).toEqual({ granted: false, retryAfterMs });
  });

  test.each([
    ["free", 250],
    ["pro", 25_000],
    ["enterprise", 250_000],
    ["admin", null],
  ])("of the plan %s is that of its table where none is set", async (plan, calls) => {
    const { ledger, call } = await board({ plan });
    const most = calls ?? 10_000_000;
    expect(await ledger.reserve(mintId(), call({ credits: most }))).toMatchObject({ granted: true });
    expect(await ledger.reserve(mintId(), call())).toMatchObject({ granted: calls === null });
  });

  test("of nought grants nothing, whatever the plan", async () => {
    const { ledger, call } = await board({ plan: "admin", budgetCents: 0 });
    expect(await ledger.reserve(mintId(), call())).toMatchObject({ granted: false });
  });
});

describe("a reservation", () => {
  test("asked for again, because nobody heard that it was granted, is held once", async () => {
    const { world, ledger, call } = await board({ budgetCents: 2 });
    const id = mintId();
    expect(await ledger.reserve(id, call())).toEqual({ granted: true });
    expect(await ledger.reserve(id, call())).toEqual({ granted: true });
    expect(await monthsOf(world)).toMatchObject({ "2090-01": { reserved: PAPPERS } });
    expect(await statesOf(world)).toEqual(["reserved"]);
  });

  test("counts once, however often it is settled and released at the same time", async () => {
    const { world, ledger, granted } = await board();
    const id = await granted({ source: "kaspr", credits: 3 });
    await Promise.all(Array.from({ length: 20 }, async () => ledger.settle(id, { calls: 1, credits: 2 })));
    await ledger.release(id);
    expect(await monthsOf(world)).toEqual({
      "2090-01": { reserved: 0, spent: 2 * KASPR, credits: 2, calls: 1 },
    });
    const other = await granted();
    await Promise.all([ledger.release(other), ledger.settle(other, { calls: 1, credits: 1 })]);
    const { reserved, calls } = await entriesOf(world);
    expect(reserved).toBe(0);
    expect((await monthsOf(world))["2090-01"]).toMatchObject({ reserved: 0, calls });
  });

  test("that took several attempts has a line for each, and the last one's cost", async () => {
    const { world, ledger, granted } = await board();
    await ledger.settle(await granted(), { calls: 3, credits: 1 });
    expect(await statesOf(world)).toEqual(["settled", "settled", "settled"]);
    const sums = { reserved: 0, spent: PAPPERS, credits: 1, calls: 3 };
    expect([await entriesOf(world), await monthsOf(world)]).toEqual([sums, { "2090-01": sums }]);
  });

  test("that cost more than was held is counted whole, and the budget feels it", async () => {
    const { world, ledger, call, granted } = await board({ budgetCents: 10 });
    await ledger.settle(await granted(), { calls: 1, credits: 7 });
    expect(await monthsOf(world)).toMatchObject({ "2090-01": { reserved: 0, spent: 7 * PAPPERS } });
    expect(await ledger.reserve(mintId(), call())).toMatchObject({ granted: false });
  });

  test("belongs to the month in which it was made, at the price of then", async () => {
    const { world, ledger, clock, granted } = await board();
    const id = await granted({ source: "kaspr", credits: 3 });
    clock.now = FEBRUARY;
    const dearer = new LedgerRepository(world.database, { kaspr: 9 }, () => clock.now);
    await dearer.settle(id, { calls: 1, credits: 2 });
    expect(await monthsOf(world)).toEqual({
      "2090-01": { reserved: 0, spent: 2 * KASPR, credits: 2, calls: 1 },
    });
    expect(await entriesOf(world)).toMatchObject({ spent: 2 * KASPR });
    await ledger.release(await granted());
    expect((await monthsOf(world))["2090-02"]).toEqual({ reserved: 0, spent: 0, credits: 0, calls: 0 });
  });

  test("of which nothing was heard for a quarter of an hour counts as made, at the most it could cost", async () => {
    const { world, ledger, clock, granted } = await board({ now: Date.now() - 20 * MINUTE });
    const lost = await granted({ source: "kaspr", credits: 3 });
    const settled = await granted();
    await ledger.settle(settled, { calls: 1, credits: 1 });
    clock.now = Date.now() - 10 * MINUTE;
    await granted();
    clock.now = Date.now();
    await ledger.presume(15 * MINUTE, 1_000);
    expect(await statesOf(world)).toEqual(["presumed", "reserved", "settled"]);
    expect(await entriesOf(world)).toEqual({
      reserved: PAPPERS,
      spent: 3 * KASPR + PAPPERS,
      credits: 4,
      calls: 2,
    });
    const months = Object.values(await monthsOf(world));
    expect(months.reduce((sum, { spent }) => sum + spent, 0)).toBe(3 * KASPR + PAPPERS);
    expect(months.reduce((sum, { reserved }) => sum + reserved, 0)).toBe(PAPPERS);
    await ledger.settle(lost, { calls: 1, credits: 1 });
    expect(await entriesOf(world)).toMatchObject({ spent: 3 * KASPR + PAPPERS });
  });
});

type Act =
  | { kind: "reserve"; source: "pappers" | "kaspr"; credits: number; later: boolean }
  | { kind: "settle"; which: number; calls: number; credits: number }
  | { kind: "release"; which: number };

const acts: fc.Arbitrary<Act> = fc.oneof(
  fc.record({
    kind: fc.constant("reserve" as const),
    source: fc.constantFrom("pappers" as const, "kaspr" as const),
    credits: fc.integer({ min: 1, max: 3 }),
    later: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant("settle" as const),
    which: fc.nat(20),
    calls: fc.integer({ min: 1, max: 3 }),
    credits: fc.nat(5),
  }),
  fc.record({ kind: fc.constant("release" as const), which: fc.nat(20) }),
);

/** The same rules in memory, month by month. */
class Model {
  readonly months = new Map<string, Sums>();
  readonly open = new Map<string, { month: string; micros: number; price: number }>();

  sums(month: string): Sums {
    return this.months.get(month) ?? { reserved: 0, spent: 0, credits: 0, calls: 0 };
  }

  reserve(month: string, micros: number, budget: number): boolean {
    const sums = this.sums(month);
    if (sums.reserved + sums.spent + micros > budget) return false;
    this.months.set(month, { ...sums, reserved: sums.reserved + micros });
    return true;
  }

  close(id: string, taken: { calls: number; credits: number }): void {
    const held = this.open.get(id);
    if (held === undefined) return;
    this.open.delete(id);
    const sums = this.sums(held.month);
    this.months.set(held.month, {
      reserved: sums.reserved - held.micros,
      spent: sums.spent + taken.credits * held.price,
      credits: sums.credits + taken.credits,
      calls: sums.calls + taken.calls,
    });
  }
}

test("whatever is reserved, settled and released, the months add up as their lines do and as the rules say", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(acts, { minLength: 5, maxLength: 25 }), fc.nat(300), async (series, cents) => {
      const { world, ledger, clock, call } = await board({ budgetCents: cents });
      const model = new Model();
      const ids: string[] = [];
      const expected: boolean[] = [];
      const granted: boolean[] = [];
      for (const act of series) {
        const id = ids[(act.kind === "reserve" ? 0 : act.which) % Math.max(1, ids.length)];
        if (act.kind === "reserve") {
          clock.now = act.later ? FEBRUARY : JANUARY;
          const price = act.source === "kaspr" ? KASPR : PAPPERS;
          const micros = act.credits * price;
          const month = act.later ? "2090-02" : "2090-01";
          expected.push(model.reserve(month, micros, cents * 10_000));
          const held = mintId();
          const reservation = await ledger.reserve(held, call({ source: act.source, credits: act.credits }));
          granted.push(reservation.granted);
          if (!reservation.granted) continue;
          ids.push(held);
          model.open.set(held, { month, micros, price });
        } else if (id !== undefined && act.kind === "settle") {
          await ledger.settle(id, act);
          model.close(id, act);
        } else if (id !== undefined) {
          await ledger.release(id);
          model.close(id, { calls: 0, credits: 0 });
        }
      }
      expect(granted).toEqual(expected);
      const months = await monthsOf(world);
      expect(months).toEqual(Object.fromEntries(model.months));
      const total = { reserved: 0, spent: 0, credits: 0, calls: 0 };
      for (const sums of Object.values(months)) {
        total.reserved += sums.reserved;
        total.spent += sums.spent;
        total.credits += sums.credits;
        total.calls += sums.calls;
      }
      expect(await entriesOf(world)).toEqual(total);
    }),
    { numRuns: 15 },
  );
});

test("a settlement that Postgres refused leaves the answer, and the call is presumed by the next run", async () => {
  const world = await mintWorld();
  const { database, organisationId } = world;
  const siren = world.siren();
  const constraint = `refuse_settling_${siren}`;
  await database.query(
    `alter table ledger_entries add constraint ${constraint}
     check (siren <> '${siren}' or state <> 'settled') not valid`,
  );
  const answer = await world.enrich({ siren, sources: ["pappers"] });
  expect(answer.status).toBe(200);
  expect(answer.headers.get("x-cost-credits")).toBe("1");
  await database.query(`alter table ledger_entries drop constraint ${constraint}`);
  expect(await statesOf(world)).toEqual(["reserved"]);

  await database.query(
    "update ledger_entries set reserved_at = reserved_at - interval '20 minutes' where organisation_id = $1",
    [organisationId],
  );
  // Should that have been in the month before.
  await database.query(
    `update usage_months set month = date_trunc('month', (now() - interval '20 minutes') at time zone 'utc')::date
     where organisation_id = $1`,
    [organisationId],
  );
  await settleReservations(buildServices(env));
  expect(await statesOf(world)).toEqual(["presumed"]);
  const sums = { reserved: 0, spent: PAPPERS, credits: 1, calls: 1 };
  expect([await entriesOf(world), ...Object.values(await monthsOf(world))]).toEqual([sums, sums]);
});
