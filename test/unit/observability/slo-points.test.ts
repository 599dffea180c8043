import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addTotals, SLO_WINDOWS, SloPoints, type SloTotals } from "../../../src/observability/slo-points.ts";
import type { Tallies } from "../../../src/observability/slo-tallies.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = Date.UTC(2026, 0, 1);
const IDS = ["company_errors", "search_latency"] as const;
const LENGTHS = [5 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 6 * HOUR, DAY, 3 * DAY, 30 * DAY];

interface Event {
  at: number;
  id: string;
  good: boolean;
}

/** A shard as it is evicted: nothing but what was stored. */
class Stored {
  readonly rows = new Map<number, Tallies>();
  points = new SloPoints([]);

  commit(now: number): void {
    for (const { at, tallies } of this.points.changes(now)) {
      if (tallies === null) this.rows.delete(at);
      else this.rows.set(at, structuredClone(tallies));
    }
    this.points.stored();
  }

  evict(): void {
    this.points = new SloPoints(structuredClone([...this.rows]));
  }
}

/** By counting the events one by one. */
function countedTotals(events: readonly Event[], now: number, id: string) {
  return SLO_WINDOWS.map((window, index) => {
    const step = window === "30d" ? HOUR : 5 * MINUTE;
    const from = Math.floor((now - (LENGTHS[index] ?? 0)) / step) * step;
    const within = events.filter((event) => event.id === id && event.at >= from);
    return [window, { good: within.filter(({ good }) => good).length, total: within.length }];
  });
}

function totalsFor(totals: SloTotals, id: string) {
  return Object.entries(totals[id] ?? {});
}

const happening = fc.record({
  afterMs: fc.oneof(fc.integer({ min: 0, max: 20 * MINUTE }), fc.integer({ min: 0, max: 9 * DAY })),
  id: fc.constantFrom(...IDS),
  good: fc.boolean(),
  shard: fc.integer({ min: 0, max: 2 }),
  afterwards: fc.constantFrom("nothing", "commit", "commit", "evict"),
});

test("however events are spread over shards, stored, folded and read back, every window holds just its events", () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 60 }), fc.integer({ min: 0, max: DAY }), (story, rest) => {
      const shards = [new Stored(), new Stored(), new Stored()];
      const events: Event[] = [];
      let now = START;
      for (const { afterMs, id, good, shard, afterwards } of story) {
        now += afterMs;
        const stored = shards[shard];
        stored?.points.add({ [id]: { good: good ? 1 : 0, total: 1 } }, now);
        events.push({ at: now, id, good });
        if (afterwards !== "nothing") stored?.commit(now);
        if (afterwards === "evict") stored?.evict();
      }
      now += rest;
      for (const stored of shards) {
        stored.commit(now);
        stored.evict();
      }
      const totals = addTotals(shards.map(({ points }) => points.totals(now)));
      for (const id of IDS) expect(totalsFor(totals, id)).toEqual(countedTotals(events, now, id));
    }),
  );
});

describe("what is kept", () => {
  test("5 minutes each for 3 days, an hour each for 30 days, then nothing", () => {
    const stored = new Stored();
    for (let at = START; at < START + 40 * DAY; at += 5 * MINUTE)
      stored.points.add({ company_errors: { good: 1, total: 1 } }, at);
    const now = START + 40 * DAY;
    stored.commit(now);
    const kept = [...stored.rows.keys()].toSorted((one, other) => one - other);
    expect(kept.length).toBe(27 * 24 + 3 * 24 * 12);
    expect(kept[0]).toBe(now - 30 * DAY);
    expect(kept.filter((at) => at < now - 3 * DAY).every((at) => at % HOUR === 0)).toBe(true);
    expect(stored.points.totals(now)["company_errors"]?.["30d"].total).toBe(30 * 24 * 12);
  });

  test("what was not stored stays to be stored", () => {
    const points = new SloPoints([]);
    points.add({ company_errors: { good: 0, total: 1 } }, START);
    expect(points.changes(START)).toEqual(points.changes(START));
    points.stored();
    expect(points.changes(START)).toEqual([]);
  });

  test("a report without events of an objective stores nothing", () => {
    const points = new SloPoints([]);
    points.add({}, START);
    expect(points.changes(START)).toEqual([]);
  });

  test("an objective that was removed is not told of, one without events is empty", () => {
    const points = new SloPoints([[START, { removed_long_ago: { good: 1, total: 1 } }]]);
    const totals = points.totals(START);
    expect(totals["removed_long_ago"]).toBeUndefined();
    expect(totals["company_errors"]?.["30d"]).toEqual({ good: 0, total: 0 });
  });
});
