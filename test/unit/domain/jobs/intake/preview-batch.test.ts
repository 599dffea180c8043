import { describe, expect, test } from "vitest";
import type { SourceName } from "../../../../../src/domain/enrichment/source.ts";
import {
  type BatchPace,
  estimateCompanies,
  estimateSeconds,
} from "../../../../../src/domain/jobs/estimate-seconds.ts";
import { listIntake } from "../../../../../src/domain/jobs/intake/intake.ts";
import { type PreviewDeps, previewBatch } from "../../../../../src/domain/jobs/intake/preview-batch.ts";
import { mintSiren } from "../../../../support/mint-siren.ts";

const second = (limit: number) => [{ limit, window_ms: 1_000 }];
const limits: BatchPace["limits"] = {
  recherche_entreprises: second(7),
  insee: [{ limit: 30, window_ms: 60_000 }],
  bodacc: second(10),
  ratios_inpi: second(10),
  pappers: second(5),
  kaspr: [...second(1), { limit: 500, window_ms: 86_400_000 }],
};

const pace: BatchPace = { limits, places: 50 };

/** Of the companies asked about, `fresh` are fresh with Pappers; the month has `left` euros. */
function depsOf({ fresh = 0, left = null as number | null } = {}): PreviewDeps {
  return {
    freshCompanies: {
      count: async () => ({ all: fresh, bySource: new Map<SourceName, number>([["pappers", fresh]]) }),
    },
    reports: {
      month: async () => ({
        plan: "pro",
        budgetMicros: left === null ? null : left * 1_000_000 + 300,
        spentMicros: 100,
        reservedMicros: 200,
        credits: 0,
        calls: 0,
        bySource: [],
      }),
    },
    creditPrices: { pappers: 0.02 },
    pace,
    now: Date.parse("2026-11-21T12:00:00Z"),
  };
}

const hundred = Array.from({ length: 100 }, (_, index) => mintSiren(`preview ${index}`));
const preview = async (deps: PreviewDeps, sources: SourceName[], mode: "live" | "test" = "live") =>
  previewBatch(
    deps,
    { organisationId: "org_1", mode },
    { intake: listIntake(hundred), wanted: { sources, maxAgeMs: null } },
  );

describe("a preview", () => {
  test("charges the paid calls that nothing fresh saves, and says whether the month covers them", async () => {
    const found = await preview(depsOf({ fresh: 40, left: 1 }), ["bodacc", "pappers"]);
    expect(found).toMatchObject({ cacheHits: 40, credits: 60, micros: 1_200_000, etaSeconds: 12 });
    expect(found.budget).toEqual({ leftMicros: 1_000_000, covers: false });
    const enough = await preview(depsOf({ fresh: 50, left: 1 }), ["bodacc", "pappers"]);
    expect(enough.budget?.covers).toBe(true);
    const unlimited = await preview(depsOf(), ["pappers"]);
    expect(unlimited.budget).toEqual({ leftMicros: null, covers: true });
  });

  test("of free sources costs nothing and asks for no budget", async () => {
    expect(await preview(depsOf(), ["bodacc"])).toMatchObject({
      credits: 0,
      micros: 0,
      budget: null,
      etaSeconds: 10,
    });
  });

  test("of a test key asks and charges nothing", async () => {
    const found = await preview(depsOf({ fresh: 40 }), ["pappers"], "test");
    expect(found).toMatchObject({ cacheHits: 0, credits: 0, micros: 0, etaSeconds: 2 });
  });
});

describe("an estimate", () => {
  test("is that of the slowest source, and of what its tightest limit has for batches", () => {
    expect(estimateCompanies(["recherche_entreprises"], 100_000, pace)).toBe(14_286);
    const calls = [
      { source: "bodacc" as const, calls: 1_000 },
      { source: "insee" as const, calls: 30 },
    ];
    expect(estimateSeconds({ companies: 1_000, calls }, pace)).toBe(100);
    expect(estimateCompanies(["kaspr"], 1_000, pace)).toBe(259_460);
  });

  test("is ours where the sources are faster: about a second for as many companies as have a place", () => {
    expect(estimateCompanies(["bodacc"], 1_000, { limits, places: 5 })).toBe(202);
    expect(estimateCompanies([], 1_000, pace)).toBe(22);
  });

  test("is never nothing", () => {
    expect(estimateCompanies([], 0, pace)).toBe(2);
    expect(estimateCompanies(["bodacc"], 1, pace)).toBe(3);
  });
});
