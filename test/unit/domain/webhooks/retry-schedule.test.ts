import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RETRY_DELAYS_MS, retryDelayMs } from "../../../../src/domain/webhooks/retry-schedule.ts";

const HOUR = 3_600_000;
const failed = (attempts: number, retryAfterMs: number | null = null) =>
  ({ origin: "event", attempts, retryAfterMs }) as const;

describe("after a failed attempt", () => {
  test("the next ones come after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h and 10 h; the eighth is the last", () => {
    const delays = Array.from({ length: 8 }, (_, index) => retryDelayMs(failed(index + 1), 0));
    expect(delays).toEqual([5_000, 300_000, 1_800_000, 2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR, null]);
  });

  test("a receiver that asks for more patience gets it, up to ten hours", () => {
    expect(retryDelayMs(failed(1, 90_000), 0)).toBe(90_000);
    expect(retryDelayMs(failed(3, 90_000), 0)).toBe(1_800_000);
    expect(retryDelayMs(failed(1, 24 * HOUR), 0)).toBe(10 * HOUR);
    expect(retryDelayMs(failed(8, 90_000), 0)).toBeNull();
  });

  test("a test is not repeated, a replay is", () => {
    expect(retryDelayMs({ origin: "test", attempts: 1, retryAfterMs: 5_000 }, 0)).toBeNull();
    expect(retryDelayMs({ origin: "replay", attempts: 1, retryAfterMs: null }, 0)).toBe(5_000);
  });

  test("jitter adds up to a tenth, in whole seconds, and never shortens", () => {
    const attempts = fc.integer({ min: 1, max: RETRY_DELAYS_MS.length });
    const wish = fc.option(fc.integer({ min: 0, max: 48 * HOUR }));
    fc.assert(
      fc.property(attempts, wish, fc.double({ min: 0, max: 1, noNaN: true }), (made, asked, chance) => {
        const delay = retryDelayMs(failed(made, asked), chance) ?? 0;
        const planned = Math.max(RETRY_DELAYS_MS[made - 1] ?? 0, Math.min(asked ?? 0, 10 * HOUR));
        expect(delay % 1_000).toBe(0);
        expect(delay).toBeGreaterThanOrEqual(planned);
        expect(delay).toBeLessThanOrEqual(planned * 1.1 + 1_000);
      }),
    );
  });
});
