import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CalledAnswer } from "../../../../src/domain/enrichment/call-source.ts";
import { StorageUnavailable } from "../../../../src/domain/enrichment/errors.ts";
import { FailureReason } from "../../../../src/domain/enrichment/failure-reason.ts";
import { SOURCE_NAMES } from "../../../../src/domain/enrichment/source.ts";
import { SOURCE_POLICIES } from "../../../../src/domain/enrichment/source-policy.ts";
import { callPaid, MOST_CREDITS } from "../../../../src/domain/usage/call-paid.ts";
import type { Ledger, PaidCall, Reservation, Settlement } from "../../../../src/domain/usage/ports.ts";
import { creditsFor } from "../../../../src/providers/kaspr/transform.ts";
import { buildRecord, failedAnswer, foundAnswer, NOW, SIREN } from "../../../support/enrichment-world.ts";

const CALL = { organisationId: "org_a", source: "kaspr", siren: SIREN } as const;

/** A ledger in memory, with a budget of credits; each of its acts fails as often as `failures` says. */
class MemoryLedger implements Ledger {
  readonly entries = new Map<string, PaidCall & Partial<Settlement> & { state: string }>();
  readonly failures = { reserve: 0, settle: 0, release: 0 };
  budget = Number.POSITIVE_INFINITY;

  async reserve(id: string, call: PaidCall): Promise<Reservation> {
    this.#mayFail("reserve");
    const held = [...this.entries.values()].reduce((sum, { credits }) => sum + credits, 0);
    if (held + call.credits > this.budget) return { granted: false, retryAfterMs: 5_000 };
    this.entries.set(id, { ...call, state: "reserved" });
    return { granted: true };
  }

  async settle(id: string, settlement: Settlement): Promise<void> {
    this.#mayFail("settle");
    this.#close(id, { ...settlement, state: "settled" });
  }

  async release(id: string): Promise<void> {
    this.#mayFail("release");
    this.#close(id, { credits: 0, state: "released" });
  }

  #close(id: string, change: Partial<Settlement> & { state: string }): void {
    const entry = this.entries.get(id);
    if (entry?.state === "reserved") this.entries.set(id, { ...entry, ...change });
  }

  #mayFail(act: keyof MemoryLedger["failures"]): void {
    if (this.failures[act] === 0) return;
    this.failures[act] -= 1;
    throw new StorageUnavailable("away");
  }
}

function board() {
  const ledger = new MemoryLedger();
  const events: string[] = [];
  const clock = { now: NOW };
  const slept: number[] = [];
  const asked = { times: 0 };
  const deps = {
    ledger,
    prices: { kaspr: 0.5 },
    newEntryId: () => `led_${ledger.entries.size}`,
    now: () => clock.now,
    sleep: async (ms: number) => {
      slept.push(ms);
      clock.now += ms;
    },
    log: { event: (name: string) => void events.push(name) },
  };
  const call = async (answer: CalledAnswer): Promise<CalledAnswer> =>
    callPaid(deps, CALL, async () => {
      asked.times += 1;
      return answer;
    });
  const entries = () => [...ledger.entries.values()];
  return { ledger, events, clock, slept, asked, deps, call, entries };
}

const found = (credits: number, calls = 1): CalledAnswer => ({
  ...foundAnswer(buildRecord(), credits),
  calls,
});

describe("a call of a paid source", () => {
  test("is reserved at the most it can cost, then settled at what it took", async () => {
    const { call, entries } = board();
    expect(await call(found(2))).toEqual(found(2));
    expect(entries()).toEqual([{ ...CALL, state: "settled", calls: 1, credits: 2 }]);
  });

  test("is held at the most it can cost while it runs", async () => {
    const { deps, ledger } = board();
    await callPaid(deps, CALL, async () => {
      expect([...ledger.entries.values()]).toEqual([{ ...CALL, state: "reserved", credits: 3 }]);
      return found(1);
    });
  });

  test("that failed at every attempt is settled with its attempts, at nothing", async () => {
    const { call, entries } = board();
    await call({ ...failedAnswer("timeout"), calls: 3 });
    expect(entries()).toMatchObject([{ state: "settled", calls: 3, credits: 0 }]);
  });

  test("that took more than was reserved is settled at what it took", async () => {
    const { call, entries } = board();
    await call(found(7));
    expect(entries()).toMatchObject([{ state: "settled", credits: 7 }]);
  });

  test.each([
    ["the gate refused", { ...failedAnswer("busy", 900), calls: 0 }],
    ["the circuit is open for", { ...failedAnswer("circuit_open", 900), calls: 0 }],
    ["has no key", failedAnswer("not_configured")],
    ["lacks a profile", failedAnswer("linkedin_profile_required")],
  ])("that %s is released: nothing left for the source", async (_case, answer) => {
    const { call, entries } = board();
    expect(await call(answer)).toEqual(answer);
    expect(entries()).toMatchObject([{ state: "released", credits: 0 }]);
  });

  test("that the budget does not cover is not made, and says when the next budget begins", async () => {
    const { call, ledger, asked } = board();
    ledger.budget = 2;
    expect(await call(found(1))).toMatchObject({
      kind: "failed",
      failure: { reason: "budget_reached", retryAfterMs: 5_000 },
      calls: 0,
      credits: 0,
    });
    expect(asked.times).toBe(0);
  });

  test("is not made while the ledger can't be reached", async () => {
    const { call, ledger, asked, events } = board();
    ledger.failures.reserve = 3;
    expect(await call(found(1))).toMatchObject({ kind: "failed", failure: { reason: "unavailable" } });
    expect(asked.times).toBe(0);
    expect(events).toEqual(["ledger_not_reserved"]);
  });
});

test("a ledger that is away for a moment only is asked again, and the call is made", async () => {
  const { call, ledger, entries, events } = board();
  ledger.failures.reserve = 2;
  expect(await call(found(2))).toEqual(found(2));
  expect(entries()).toMatchObject([{ state: "settled", credits: 2 }]);
  expect(events).toEqual(["credits_spent"]);
});

describe("a ledger that does not take the settlement", () => {
  test("at first is asked again", async () => {
    const { call, ledger, entries, slept, events } = board();
    ledger.failures.settle = 2;
    await call(found(2));
    expect(entries()).toMatchObject([{ state: "settled", credits: 2 }]);
    expect([slept, events]).toEqual([[100, 300], ["credits_spent"]]);
  });

  test("at all leaves the answer, and the reservation to be presumed", async () => {
    const { call, ledger, entries, events } = board();
    ledger.failures.settle = 9;
    expect(await call(found(2))).toEqual(found(2));
    expect(entries()).toMatchObject([{ state: "reserved", credits: 3 }]);
    expect(events).toEqual(["ledger_not_settled", "credits_spent"]);
  });

  test("and is slow to say so does not keep the answer waiting", async () => {
    const { ledger, clock, deps, slept } = board();
    ledger.settle = async () => {
      clock.now += 10_000;
      throw new StorageUnavailable("timeout");
    };
    await callPaid(deps, CALL, async () => found(2));
    expect(slept).toEqual([]);
  });
});

test("each paid source, and no other, has a most that it can cost", () => {
  const paid = SOURCE_NAMES.filter((source) => SOURCE_POLICIES[source].paid);
  expect(Object.keys(MOST_CREDITS).toSorted()).toEqual(paid.toSorted());
  const everything = { email_professionnel: "a@b.example", telephone: "+33100000000" };
  const contact = {
    nom: "A",
    fonction: null,
    linkedin: "a",
    source: "kaspr",
    collected_at: "",
    ...everything,
  };
  expect(creditsFor(contact)).toBe(MOST_CREDITS.kaspr);
});

const credits = (list: { credits: number }[]) => list.reduce((sum, one) => sum + one.credits, 0);

const answers = fc.oneof(
  fc
    .record({ calls: fc.integer({ min: 1, max: 3 }), credits: fc.nat(3) })
    .map((one) => found(one.credits, one.calls)),
  fc
    .record({ reason: fc.constantFrom(...FailureReason.options), calls: fc.nat(3) })
    .map(({ reason, calls }) => ({ ...failedAnswer(reason), calls })),
);

test("whatever sources answer, the ledger counts the calls made and the credits taken, within the budget", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(answers, { maxLength: 30 }), fc.nat(40), async (series, budget) => {
      const { call, ledger, entries } = board();
      ledger.budget = budget;
      const made: CalledAnswer[] = [];
      for (const answer of series) {
        if ((await call(answer)) === answer) made.push(answer);
      }
      const settled = entries().filter(({ state }) => state === "settled");
      const released = entries().filter(({ state }) => state === "released");
      expect(settled.length + released.length).toBe(made.length);
      expect(credits(settled)).toBe(credits(made));
      expect(credits(entries())).toBeLessThanOrEqual(budget);
    }),
  );
});
