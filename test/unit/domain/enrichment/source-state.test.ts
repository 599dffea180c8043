import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { freshnessFor } from "../../../../src/domain/enrichment/freshness.ts";
import { SOURCE_NAMES, type SourceName } from "../../../../src/domain/enrichment/source.ts";
import { SOURCE_POLICIES } from "../../../../src/domain/enrichment/source-policy.ts";
import {
  freshnessOf,
  nextState,
  type SourceReading,
  SourceState,
} from "../../../../src/domain/enrichment/source-state.ts";
import {
  buildRecord,
  buildState,
  buildStored,
  DAY,
  HOUR,
  iso,
  MINUTE,
  NOW,
} from "../../../support/enrichment-world.ts";

const MIDDLE = { now: NOW, chance: 0.5 };

function reading(overrides: Partial<SourceReading> = {}): SourceReading {
  return {
    source: "recherche_entreprises",
    record: buildRecord(),
    record_hash: "a",
    partial: false,
    ...overrides,
  };
}

const ttlOf = (state: SourceState): number => Date.parse(state.fresh_until) - Date.parse(state.retrieved_at);

describe("how long an answer counts as fresh", () => {
  test.each([
    ["recherche_entreprises", 2],
    ["insee", 24],
    ["bodacc", 6],
    ["ratios_inpi", 24],
    ["pappers", 24],
    ["kaspr", 6],
  ] as const)("%s: %i hours", (source, hours) => {
    expect(ttlOf(nextState(undefined, reading({ source }), MIDDLE))).toBe(hours * HOUR);
  });

  test("no such company: one hour", () => {
    const state = nextState(undefined, reading({ record: null, source: "pappers" }), MIDDLE);
    expect(state).toMatchObject({ record: null, vanished: false, retrieved_at: iso(NOW) });
    expect(ttlOf(state)).toBe(HOUR);
  });

  test("an answer with parts missing: five minutes", () => {
    const state = nextState(undefined, reading({ partial: true, source: "pappers" }), MIDDLE);
    expect(state.partial).toBe(true);
    expect(ttlOf(state)).toBe(5 * MINUTE);
  });

  test("is spread by at most 10 % either way, whatever chance says", () => {
    const anySource = fc.constantFrom(...SOURCE_NAMES);
    fc.assert(
      fc.property(
        anySource,
        fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        (source, chance) => {
          const state = nextState(undefined, reading({ source }), { now: NOW, chance });
          const { ttlMs } = SOURCE_POLICIES[source];
          expect(ttlOf(state)).toBeGreaterThanOrEqual(Math.floor(ttlMs * 0.9));
          expect(ttlOf(state)).toBeLessThanOrEqual(Math.ceil(ttlMs * 1.1));
          expect(SourceState.safeParse(state).success).toBe(true);
        },
      ),
    );
    const edges = [0, 0.999999].map((chance) => ttlOf(nextState(undefined, reading(), { now: NOW, chance })));
    expect(edges[0]).toBe(2 * HOUR * 0.9);
    expect(edges[1]).toBeGreaterThan(2 * HOUR * 1.099);
  });

  test("grows by half a time at each refresh that brings nothing new, up to four times", () => {
    let state = nextState(undefined, reading(), MIDDLE);
    const hours = [ttlOf(state) / HOUR];
    for (let count = 0; count < 8; count++) {
      state = nextState(state, reading(), { ...MIDDLE, now: Date.parse(state.fresh_until) });
      hours.push(ttlOf(state) / HOUR);
    }
    expect(hours).toEqual([2, 3, 4, 5, 6, 7, 8, 8, 8]);
  });

  test("is halved when the data has just changed, and starts growing again from there", () => {
    const steady = buildState("recherche_entreprises", { unchanged: 6, record_hash: "a" });
    const changed = nextState(steady, reading({ record_hash: "b" }), MIDDLE);
    expect(changed).toMatchObject({ unchanged: 0, record_hash: "b" });
    expect(ttlOf(changed)).toBe(HOUR);
    const later = { ...MIDDLE, now: Date.parse(changed.fresh_until) };
    expect(ttlOf(nextState(changed, reading({ record_hash: "b" }), later))).toBe(3 * HOUR);
  });

  test("does not grow by being asked again before its time", () => {
    let state = nextState(undefined, reading(), MIDDLE);
    for (let count = 0; count < 8; count++) state = nextState(state, reading(), MIDDLE);
    expect(ttlOf(state)).toBe(2 * HOUR);
  });
});

describe("a source that no longer knows a company it knew", () => {
  const before = buildState("insee", { retrieved_at: iso(NOW - 3 * DAY), record_hash: "a", unchanged: 4 });
  const gone = nextState(before, reading({ source: "insee", record: null, record_hash: "n" }), MIDDLE);

  test("keeps the record as it was, with its own age, asked again in an hour", () => {
    expect(gone).toEqual({
      ...before,
      vanished: true,
      unchanged: 0,
      fresh_until: iso(NOW + HOUR),
    });
  });

  test("stays so while it says so, and is whole again when the company is back", () => {
    const still = nextState(gone, reading({ source: "insee", record: null, record_hash: "n" }), MIDDLE);
    expect(still).toMatchObject({ vanished: true, record: before.record });
    const back = nextState(still, reading({ source: "insee", record_hash: "a" }), MIDDLE);
    expect(back).toMatchObject({ vanished: false, retrieved_at: iso(NOW), record_hash: "a" });
  });

  test("a company that appears where there was none is a change", () => {
    const none = nextState(undefined, reading({ record: null, record_hash: "n" }), MIDDLE);
    const found = nextState(none, reading({ record_hash: "a" }), MIDDLE);
    expect(found).toMatchObject({ vanished: false, unchanged: 0 });
    expect(ttlOf(found)).toBe(HOUR);
  });
});

describe("freshness", () => {
  const state = buildState("bodacc", { retrieved_at: iso(NOW), fresh_until: iso(NOW + HOUR) });

  test.each([
    [0, "fresh"],
    [HOUR - 1, "fresh"],
    [HOUR, "stale"],
    [HOUR + DAY - 1, "stale"],
    [HOUR + DAY, "expired"],
  ] as const)("after %i ms: %s", (after, expected) => {
    expect(freshnessOf(state, NOW + after, { maxAgeMs: null })).toBe(expected);
  });

  test("is the caller's own measure when there is one: fresh up to it, never stale", () => {
    expect(freshnessOf(state, NOW + 10 * DAY, { maxAgeMs: 10 * DAY })).toBe("fresh");
    expect(freshnessOf(state, NOW + 10 * DAY + 1, { maxAgeMs: 10 * DAY })).toBe("expired");
    expect(freshnessOf(state, NOW + 1, { maxAgeMs: 0 })).toBe("expired");
  });

  test("of a company is that of its least fresh source, among those asked for", () => {
    const old = buildState("recherche_entreprises", { fresh_until: iso(NOW - 1) });
    const older = buildState("insee", { fresh_until: iso(NOW - 2 * DAY) });
    const stored = buildStored([state, old, older]);
    const need = (...sources: SourceName[]) => freshnessFor(stored, { sources, maxAgeMs: null }, NOW);
    expect(need("bodacc")).toBe("fresh");
    expect(need("bodacc", "recherche_entreprises")).toBe("stale");
    expect(need("insee", "recherche_entreprises", "bodacc")).toBe("expired");
    expect(need("bodacc", "pappers")).toBe("expired");
    expect(freshnessFor(null, { sources: ["bodacc"], maxAgeMs: null }, NOW)).toBe("expired");
  });
});
