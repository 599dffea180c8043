import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Claim,
  claimKey,
  completeKey,
  type Failure,
  KEPT_MS,
  type KeyRecord,
  LEASE_MS,
  releaseKey,
  renewLease,
  type Seed,
} from "../../../../src/domain/idempotency/key-record.ts";

const NOON = Date.parse("2027-03-01T12:00:00Z");

/** The keeper without its object. */
class Keeper {
  record: KeyRecord | null = null;
  now = NOON;

  claim(leaseId: string): Claim {
    const seed = { at: this.now, noise: `${leaseId} ${this.now}` };
    const { record, claim } = claimKey(this.record, { leaseId, seed, now: this.now });
    this.record = record;
    return claim;
  }

  renew(leaseId: string): boolean {
    const renewed = renewLease(this.record, leaseId, this.now);
    this.record = renewed ?? this.record;
    return renewed !== null;
  }

  complete(leaseId: string, answer = `answer of ${leaseId}`): boolean {
    const completed = completeKey(this.record, { leaseId, answer, now: this.now });
    this.record = completed ?? this.record;
    return completed !== null;
  }

  release(leaseId: string, failure: Failure): void {
    this.record = releaseKey(this.record, leaseId, failure);
  }
}

/** What happened to one key, and every promise that was broken on the way. */
class History {
  readonly keeper = new Keeper();
  readonly broken: string[] = [];
  #holder: { who: string; until: number } | null = null;
  #answer: string | null = null;
  /** Of a try that may have created something. */
  #doubted: Seed | null = null;

  claim(who: string): void {
    const claim = this.keeper.claim(who);
    const { now } = this.keeper;
    const holder = this.#holder;
    const taken = holder !== null && holder.who !== who && holder.until > now;
    if (this.#answer !== null) {
      this.#demand(claim.state === "done" && claim.answer === this.#answer, "the answer for all");
      return;
    }
    this.#demand(claim.state === (taken ? "in_flight" : "new"), "one holder");
    if (claim.state !== "new") return;
    this.#demand(this.#doubted === null || claim.seed.noise === this.#doubted.noise, "the seed in doubt");
    if (holder !== null && holder.who !== who) this.#doubted = claim.seed;
    this.#holder = { who, until: now + LEASE_MS };
  }

  renew(who: string): void {
    const renewed = this.keeper.renew(who);
    this.#demand(renewed === (this.#holder?.who === who), "renewed by the holder alone");
    if (renewed) this.#holder = { who, until: this.keeper.now + LEASE_MS };
  }

  complete(who: string): void {
    const completed = this.keeper.complete(who);
    this.#demand(completed === (this.#holder?.who === who), "completed by the holder alone");
    if (completed) this.#answer = `answer of ${who}`;
  }

  fail(who: string, failure: Failure): void {
    const before = this.keeper.record;
    this.keeper.release(who, failure);
    if (this.#answer !== null || this.#holder?.who !== who) {
      this.#demand(this.keeper.record === before, "released by the holder alone");
      return;
    }
    if (failure === "in_doubt") this.#doubted = before?.seed ?? null;
    this.#holder = null;
    const kept = this.keeper.record?.seed.noise ?? null;
    this.#demand(kept === (this.#doubted?.noise ?? null), "the seed in doubt is kept, and no other");
  }

  #demand(kept: boolean, promise: string): void {
    if (!kept) this.broken.push(promise);
  }
}

function seedOf(claim: Claim): unknown {
  return claim.state === "new" ? claim.seed : claim;
}

describe("a key", () => {
  test("is claimed by one, and by the same one again when the reply got lost", () => {
    const keeper = new Keeper();
    const first = keeper.claim("a");
    expect(first.state).toBe("new");
    expect(keeper.claim("a")).toEqual(first);
    expect(keeper.claim("b")).toEqual({ state: "in_flight", retryAfterMs: 2_000 });
  });

  test("says when to come back, never later than its lease ends", () => {
    const keeper = new Keeper();
    keeper.claim("a");
    keeper.now += LEASE_MS - 300;
    expect(keeper.claim("b")).toEqual({ state: "in_flight", retryAfterMs: 300 });
  });

  test("answers what was kept for 24 hours after the answer, and is new after that", () => {
    const keeper = new Keeper();
    const first = keeper.claim("a");
    keeper.now += 50_000;
    expect(keeper.complete("a")).toBe(true);
    keeper.now += KEPT_MS - 1;
    expect(keeper.claim("b")).toEqual({ state: "done", answer: "answer of a" });
    keeper.now += 1;
    const after = keeper.claim("b");
    expect(after.state).toBe("new");
    expect(seedOf(after)).not.toEqual(seedOf(first));
  });

  test("that a dead Worker holds is free after a minute, with the seed of the first try", () => {
    const keeper = new Keeper();
    const first = keeper.claim("a");
    keeper.now += LEASE_MS;
    expect(keeper.claim("b")).toEqual(first);
    expect(keeper.complete("a")).toBe(false);
    expect(keeper.complete("b")).toBe(true);
    expect(keeper.claim("c")).toEqual({ state: "done", answer: "answer of b" });
  });

  test("stays with whoever renews it, and with a late one that nobody replaced", () => {
    const keeper = new Keeper();
    keeper.claim("a");
    for (let beat = 0; beat < 10; beat++) {
      keeper.now += LEASE_MS / 3;
      expect(keeper.renew("a")).toBe(true);
    }
    expect(keeper.claim("b").state).toBe("in_flight");
    keeper.now += 10 * LEASE_MS;
    expect(keeper.complete("a")).toBe(true);
  });

  test("that a refusal freed remembers nothing of it", () => {
    const keeper = new Keeper();
    keeper.claim("a");
    keeper.release("a", "refused");
    expect(keeper.record).toBeNull();
  });

  test("keeps its seed after a fault, and through a refusal that follows it", () => {
    const keeper = new Keeper();
    const first = keeper.claim("a");
    keeper.release("a", "in_doubt");
    expect(keeper.claim("b")).toEqual(first);
    keeper.release("b", "refused");
    expect(keeper.claim("c")).toEqual(first);
  });

  test("under any order of tries, crashes and late replies has one holder, one answer and one seed", () => {
    const step = fc.record({
      act: fc.constantFrom("claim", "renew", "complete", "refused", "in_doubt", "wait"),
      who: fc.constantFrom("a", "b", "c"),
      ms: fc.integer({ min: 1, max: LEASE_MS }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const history = new History();
        for (const { act, who, ms } of steps) {
          if (act === "wait") history.keeper.now += ms;
          else if (act === "claim") history.claim(who);
          else if (act === "renew") history.renew(who);
          else if (act === "complete") history.complete(who);
          else history.fail(who, act);
        }
        expect(history.broken).toEqual([]);
      }),
    );
  });
});
