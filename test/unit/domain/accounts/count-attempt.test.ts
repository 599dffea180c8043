import { expect, test } from "vitest";
import { countAttempt } from "../../../../src/domain/accounts/count-attempt.ts";
import { CountedAttempts } from "../../../../src/domain/limits/counted-attempts.ts";
import { LimitReached } from "../../../../src/domain/limits/errors.ts";
import { InMemoryCounters } from "../limits/in-memory-counters.ts";

const MINUTE = 60_000;

function world() {
  const clock = { now: Date.parse("2026-11-20T10:00:00.000Z") };
  const throttle = new CountedAttempts(new InMemoryCounters(() => clock.now));
  /** null: let through. */
  const tryCode = async (address: string): Promise<string | null> => {
    const origin = { address, userAgent: null, requestId: null };
    const act = { origin, now: clock.now, newId: (prefix: string) => prefix };
    try {
      await countAttempt(throttle, "code", { subject: "usr_1", act, knownNetwork: true });
      return null;
    } catch (error) {
      if (error instanceof LimitReached) return error.policy;
      throw error;
    }
  };
  return { clock, tryCode };
}

test("a network that the person knows has 5 codes a minute and 30 an hour, all day long", async () => {
  const { clock, tryCode } = world();
  const seen: Record<string, number> = {};
  for (let minute = 0; minute < 24 * 60; minute += 2) {
    for (let count = 0; count < 6; count++) {
      const outcome = (await tryCode("192.0.2.1")) ?? "let through";
      seen[outcome] = (seen[outcome] ?? 0) + 1;
    }
    clock.now += 2 * MINUTE;
  }
  expect(seen["let through"]).toBeLessThanOrEqual(24 * 30);
  expect(seen["let through"]).toBeGreaterThan(20 * 30);
  expect(Object.keys(seen).toSorted()).toEqual(["code_by_network", "code_by_network_hour", "let through"]);
});

test("the person's other networks are not shut out by it", async () => {
  const { clock, tryCode } = world();
  for (let minute = 0; minute < 12; minute += 2, clock.now += 2 * MINUTE) {
    for (let count = 0; count < 5; count++) await tryCode("192.0.2.1");
  }
  expect(await tryCode("192.0.2.1")).toBe("code_by_network_hour");
  expect(await tryCode("198.51.100.1")).toBeNull();
});
