import fc from "fast-check";
import { expect, test } from "vitest";
import { crowdedDelayMs } from "../../../../src/domain/webhooks/crowding.ts";

test("a delivery that finds its endpoint busy waits about as long as it has waited, 2 s to 7.5 min, in whole seconds", () => {
  const chance = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.integer({ min: -60_000, max: 40 * 3_600_000 }), chance, (waited, drawn) => {
      const delay = crowdedDelayMs(waited, drawn);
      const about = Math.min(Math.max(waited, 3_000), 300_000);
      expect(delay % 1_000).toBe(0);
      expect(delay).toBeGreaterThanOrEqual(about / 2);
      expect(delay).toBeLessThan(about * 1.5 + 1_000);
    }),
  );
});
