import { describe, expect, test } from "vitest";
import { Random } from "../../../../local/sandbox/world/random.ts";
import { LeaseBook } from "../../../../src/domain/limits/lease-book.ts";
import {
  type LimitWindow,
  newWindowState,
  takeBack,
  takePermits,
} from "../../../../src/domain/limits/sliding-window.ts";
import { SimulatedIsolates } from "./simulated-isolates.ts";
import { mostInAnyWindow } from "./true-log.ts";

const START = 1_800_000_000_000;
const HOUR = 3_600_000;
const SEEDS = Array.from({ length: 12 }, (_, index) => `adversary ${index}`);

/** Twenty clients strike together just before and just after each boundary, and now and then in between. */
function attack(world: SimulatedIsolates, random: Random, isolates: number): void {
  for (const boundary of [1, 2, 3]) {
    const at = START + boundary * HOUR;
    for (let client = 0; client < 20; client++) {
      const isolate = client % isolates;
      for (let shot = 0; shot < 100; shot++) {
        world.request(at - 1 - Math.round(random.between(0, 2_000)), isolate);
        world.request(at + Math.round(random.between(0, 2_000)), isolate);
        if (shot % 5 === 0) world.request(at + Math.round(random.between(-HOUR, HOUR)), isolate);
      }
    }
    world.evict(at - 700);
    world.evict(at + 300);
    world.evict(at + 40_000);
  }
}

describe("20 clients in parallel on 5 isolates, striking on both sides of each boundary, the counter evicted midway", () => {
  test.each(SEEDS)("%s: not one admission over the limit in any window", (seed) => {
    for (const limit of [100, 600, 1_000]) {
      for (const burst of [0, limit / 5]) {
        const random = new Random(`${seed} ${limit} ${burst}`);
        const world = new SimulatedIsolates({ policy: "search", limit, windowMs: HOUR, burst }, 5, random);
        attack(world, random, 5);
        world.run();
        expect(mostInAnyWindow(world.admitted, HOUR)).toBeLessThanOrEqual(limit + burst);
        expect(world.refused).toBeGreaterThan(0);
        // Nor is the limit kept by starving everyone.
        expect(mostInAnyWindow(world.admitted, HOUR)).toBeGreaterThan(limit * 0.95);
      }
    }
  });
});

test("steady traffic of one isolate asks the counter for a small part of its requests", () => {
  const window = { policy: "search", limit: 1_000_000, windowMs: HOUR, burst: 0 };
  const world = new SimulatedIsolates(window, 1, new Random("steady"));
  for (let at = 0; at < 20_000; at += 2) world.request(START + at, 0);
  world.run();
  expect(world.admitted).toHaveLength(10_000);
  expect(world.asked).toBeLessThan(1_200);
});

/** Ten requests in a row every 48 seconds, 750 an hour, from one isolate. */
function slowClient(window: LimitWindow, handsBack: boolean): { refused: number; asked: number } {
  const book = new LeaseBook();
  const state = newWindowState();
  let refused = 0;
  let asked = 0;
  for (let round = 0; round < 150; round++) {
    for (let count = 0; count < 10; count++) {
      const now = START + round * 48_000 + count * 50;
      const held = book.spend("key", window, now);
      if (held !== null) {
        refused += held.admitted ? 0 : 1;
        continue;
      }
      const question = book.ask("key", window, now);
      asked += 1;
      const early = takeBack(state, handsBack ? question.request.refunds : [], now);
      const leaseId = `lease ${now}`;
      const grant = takePermits(state, window, { now, want: question.request.want, leaseId });
      const reply = { ...grant, leaseId, early };
      refused += book.note("key", question, { reply, sentAt: now, now }).admitted ? 0 : 1;
    }
  }
  return { refused, asked };
}

test("a client in fits and starts loses none of its quota to leases, because they are handed back", () => {
  const window = { policy: "search", limit: 1_000, windowMs: HOUR, burst: 0 };
  const { refused, asked } = slowClient(window, true);
  expect(refused).toBe(0);
  expect(asked).toBeLessThan(150 * 10 * 0.5);
  expect(slowClient(window, false).refused).toBeGreaterThan(0);
});

describe("an isolate", () => {
  const window = { policy: "search", limit: 1_000, windowMs: HOUR, burst: 0 };
  const reply = { granted: 10, remaining: 900, resetMs: 5_000, leaseId: "a", early: [] };

  test("spends a lease for a second from before it asked, however long the answer took", () => {
    const book = new LeaseBook();
    const question = book.ask("key", window, START);
    book.note("key", question, { reply, sentAt: START, now: START + 400 });
    expect(book.spend("key", window, START + 999)?.admitted).toBe(true);
    expect(book.spend("key", window, START + 1_000)).toBeNull();
  });

  test("asks for one permit at first, then for twice as many while they run out, and for one after a pause", () => {
    const book = new LeaseBook();
    const wants: number[] = [];
    let now = START;
    const ask = () => {
      const question = book.ask("key", window, now);
      const { want } = question.request;
      wants.push(want);
      book.note("key", question, { reply: { ...reply, granted: want }, sentAt: now, now });
      while (book.spend("key", window, now) !== null);
    };
    for (let count = 0; count < 4; count++) ask();
    now += 10_000;
    ask();
    expect(wants).toEqual([1, 2, 4, 8, 1]);
  });

  test("asks for as many as it spent when a lease ran out of time", () => {
    const book = new LeaseBook();
    book.note("key", book.ask("key", window, START), { reply, sentAt: START, now: START });
    for (let count = 0; count < 3; count++) book.spend("key", window, START + 500);
    const { request } = book.ask("key", window, START + 1_000);
    expect(request).toMatchObject({ want: 4, refunds: [{ leaseId: "a", unspent: 6 }] });
  });

  test("lets one request ask for a lease, and the others beside it for themselves", () => {
    const book = new LeaseBook();
    book.note("key", book.ask("key", window, START), { reply, sentAt: START, now: START });
    while (book.spend("key", window, START) !== null);
    const first = book.ask("key", window, START);
    const second = book.ask("key", window, START);
    expect([first.request.want, second.request.want]).toEqual([20, 1]);
    const single = { ...reply, granted: 1 };
    expect(book.note("key", second, { reply: single, sentAt: START, now: START }).admitted).toBe(true);
    expect(book.spend("key", window, START)).toBeNull();
    book.note("key", first, { reply: { ...reply, leaseId: "b" }, sentAt: START, now: START });
    expect(book.spend("key", window, START)).toMatchObject({ admitted: true, remaining: 908 });
  });

  test("sends a refund again until the counter took it", () => {
    const book = new LeaseBook();
    book.note("key", book.ask("key", window, START), { reply, sentAt: START, now: START });
    const refund = { leaseId: "a", unspent: 9 };
    const early = book.ask("key", window, START + 1_000);
    expect(early.request.refunds).toEqual([refund]);
    const later = { ...reply, granted: 1, early: ["a"] };
    book.note("key", early, { reply: later, sentAt: START + 1_000, now: START + 1_000 });
    const lost = book.ask("key", window, START + 1_010);
    expect(lost.request.refunds).toEqual([refund]);
    book.lost("key", START + 1_020);
    const taken = book.ask("key", window, START + 1_030);
    expect(taken.request.refunds).toEqual([refund]);
    book.note("key", taken, { reply: { ...reply, granted: 1 }, sentAt: START + 1_030, now: START + 1_030 });
    expect(book.ask("key", window, START + 1_040).request.refunds).toEqual([]);
  });

  test("refuses from memory until the refusal is over, or the limit is another one", () => {
    const book = new LeaseBook();
    const none = { ...reply, granted: 0, remaining: 0, resetMs: 5_000 };
    const question = book.ask("key", window, START);
    const standing = book.note("key", question, { reply: none, sentAt: START, now: START + 20 });
    expect(standing).toEqual({ window, admitted: false, remaining: 0, resetMs: 5_000 });
    expect(book.spend("key", window, START + 5_019)).toMatchObject({ admitted: false, resetMs: 1 });
    expect(book.spend("key", { ...window, limit: 2_000 }, START + 5_019)).toBeNull();
    expect(book.spend("key", window, START + 5_020)).toBeNull();
  });
});
