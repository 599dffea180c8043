import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ExportEngineWorld, type Fate, mintExportEngine, type Moment, rowsOf } from "./engine-world.ts";

/** More than any of these exports makes. */
const MOST_CALLS = 80;
const SLOW = { timeout: 120_000 };

/** Two steps; never fills a part. */
const SMALL = rowsOf(7, 100);
/** Two steps: what the first one carries, a full part, a short last one. */
const LARGE = [...rowsOf(5, 10_000), ...rowsOf(2, 2_700_000, 5)];

const FILES = [
  { file: "small", rows: SMALL },
  { file: "of several parts", rows: LARGE },
];

/** Once for each call that an export makes, until one has no such call; how often that was. */
async function atEveryCall(
  engine: ExportEngineWorld,
  attempt: (exportId: string, call: number) => Promise<void>,
): Promise<number> {
  for (let call = 1; call <= MOST_CALLS; call += 1) {
    engine.calls = 0;
    const exportId = await engine.create();
    await attempt(exportId, call);
    if (engine.calls < call) return call - 1;
  }
  throw new Error("an export makes more calls than were tried");
}

function at(calls: number[], moment: Moment, fate: "fails" | "dies"): Fate {
  return async (call, now) => (now === moment && calls.includes(call) ? fate : "lives");
}

/** Runs once, before a call. */
function once(at: number, work: () => Promise<void>): Fate {
  let done = false;
  return async (call, moment) => {
    if (done || call !== at || moment === "after") return "lives";
    done = true;
    await work();
    return "lives";
  };
}

describe.each(FILES)("an export whose file is $file is complete and correct", ({ rows }) => {
  test.each([
    { what: "its consumer was killed after any one of the calls that it makes", fate: "dies" },
    { what: "any one call was done but its answer was lost", fate: "fails" },
  ] as const)("although $what", SLOW, async ({ fate }) => {
    const engine = await mintExportEngine();
    engine.rows = rows;
    const tried = await atEveryCall(engine, async (exportId, call) => {
      engine.fate = at([call], "after", fate);
      await engine.drain();
      expect(await engine.faultsOf(exportId)).toEqual([]);
    });
    expect(tried).toBeGreaterThan(15);
  });

  test("although a consumer that was taken for dead goes on after another did its step", SLOW, async () => {
    const engine = await mintExportEngine();
    engine.rows = rows;
    await atEveryCall(engine, async (exportId, call) => {
      engine.fate = once(call, async () => {
        const { seq } = await engine.load(exportId);
        await engine.step({ type: "export.step", export_id: exportId, seq });
      });
      await engine.drain();
      expect(await engine.faultsOf(exportId)).toEqual([]);
    });
    // Both put the same part: nobody knows whose it is, and the file was written again.
    expect(engine.logged.includes("export_begun_again")).toBe(rows === LARGE);
  });
});

test("an export is complete and correct although any one call failed", SLOW, async () => {
  const engine = await mintExportEngine();
  engine.rows = SMALL;
  await atEveryCall(engine, async (exportId, call) => {
    engine.fate = at([call], "before", "fails");
    await engine.drain();
    expect(await engine.faultsOf(exportId)).toEqual([]);
  });
});

test(
  "an export is complete and correct although a consumer goes on after another did all the rest",
  SLOW,
  async () => {
    const engine = await mintExportEngine();
    engine.rows = SMALL;
    await atEveryCall(engine, async (exportId, call) => {
      engine.fate = once(call, async () => {
        const { seq } = await engine.load(exportId);
        await engine.step({ type: "export.step", export_id: exportId, seq });
        await engine.drain();
      });
      await engine.drain();
      expect(await engine.faultsOf(exportId)).toEqual([]);
    });
  },
);

test.each(FILES)("a $file export that is cancelled at any call leaves nothing", SLOW, async ({ rows }) => {
  const engine = await mintExportEngine();
  engine.rows = rows;
  let cancelled = 0;
  await atEveryCall(engine, async (exportId, call) => {
    engine.fate = once(call, async () => engine.cancel(exportId));
    await engine.drain();
    expect(await engine.amiss(exportId)).toEqual([]);
    cancelled += (await engine.load(exportId)).status === "cancelled" ? 1 : 0;
  });
  expect(cancelled).toBeGreaterThan(15);
});

test(
  "whatever dies, comes twice or is cancelled: the file is complete, or nothing is left",
  SLOW,
  async () => {
    const engine = await mintExportEngine();
    engine.rows = SMALL;
    const chance = fc.record({
      deaths: fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 3 }),
      moment: fc.constantFrom<Moment[]>("before", "after"),
      fate: fc.constantFrom("fails" as const, "dies" as const),
      copies: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 4, maxLength: 12 }),
      cancelAt: fc.option(fc.integer({ min: 1, max: 40 })),
    });
    await fc.assert(
      fc.asyncProperty(chance, async ({ deaths, moment, fate, copies, cancelAt }) => {
        engine.calls = 0;
        const exportId = await engine.create();
        const [breaking, cancelling] = [
          at(deaths, moment, fate),
          once(cancelAt ?? 0, async () => engine.cancel(exportId)),
        ];
        engine.fate = async (call, now) => {
          await cancelling(call, now);
          return breaking(call, now);
        };
        let delivered = 0;
        await engine.drain(() => copies[delivered++] ?? 1);
        expect(await engine.amiss(exportId)).toEqual([]);
      }),
      { numRuns: 40, seed: 20_261_121 },
    );
  },
);
