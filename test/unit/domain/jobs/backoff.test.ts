import * as fc from "fast-check";
import { expect, test } from "vitest";
import { backoffSeconds, retryDelayMs } from "../../../../src/domain/jobs/backoff.ts";

test("waits double from five seconds to ten minutes", () => {
  const waits = Array.from({ length: 9 }, (_, attempts) => backoffSeconds(attempts, 0.5));
  expect(waits).toEqual([5, 10, 20, 40, 80, 160, 320, 600, 600]);
});

test("a wait is spread by 30 % at most, and never shorter than the source asked for, up to ten minutes, which is spread too", () => {
  const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  const asked = fc.option(fc.integer({ min: 0, max: 86_400_000 }));
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 100 }), chance, asked, (attempts, drawn, retryAfterMs) => {
      const middle = Math.min(600, 5 * 2 ** attempts);
      const seconds = backoffSeconds(attempts, drawn);
      expect(seconds).toBeGreaterThanOrEqual(middle * 0.7 - 1e-9);
      expect(seconds).toBeLessThanOrEqual(middle * 1.3 + 1e-9);
      const delay = retryDelayMs(attempts, drawn, retryAfterMs);
      expect(delay).toBeGreaterThanOrEqual(Math.min(retryAfterMs ?? 0, 600_000));
      const latest = Math.max(seconds * 1_000, Math.min(retryAfterMs ?? 0, 600_000) * 1.3);
      expect(delay).toBeLessThanOrEqual(Math.round(latest));
    }),
  );
  expect([0, 0.5, 0.99].map((drawn) => retryDelayMs(0, drawn, 60_000))).toEqual([60_000, 69_000, 77_820]);
});
