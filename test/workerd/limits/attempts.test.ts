import { abortAllDurableObjects } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { CountedAttempts } from "../../../src/domain/limits/counted-attempts.ts";
import { LimiterUnavailable } from "../../../src/domain/limits/errors.ts";
import type { AttemptPolicy } from "../../../src/domain/limits/ports.ts";
import { RateLimiterClient } from "../../../src/durable/rate-limiter-client.ts";

const throttle = new CountedAttempts(new RateLimiterClient(env.RATE_LIMITER));
const NOON = Date.parse("2027-03-01T12:00:00Z");

afterEach(() => {
  vi.useRealTimers();
});

async function attempts(policy: AttemptPolicy, subject: string, count: number): Promise<number> {
  const all = await Promise.all(Array.from({ length: count }, async () => throttle.attempt(policy, subject)));
  return all.filter(({ allowed }) => allowed).length;
}

describe("attempts on an account", () => {
  test.each([
    ["password_by_network", 10, 15 * 60_000],
    ["password_by_account", 100, 3_600_000],
    ["code_by_network", 5, 60_000],
    ["code_by_network_hour", 30, 3_600_000],
    ["code_by_account", 30, 3_600_000],
  ] as const)("%s: %i are let through in its window, in parallel too", async (policy, limit, windowMs) => {
    vi.useFakeTimers({ toFake: ["Date"], now: NOON });
    const subject = `usr_${crypto.randomUUID()}`;
    expect(await attempts(policy, subject, limit + 7)).toBe(limit);
    const refused = await throttle.attempt(policy, subject);
    expect(refused).toEqual({ allowed: false, retryAfterMs: expect.any(Number) });
    const wait = refused.allowed ? 0 : refused.retryAfterMs;
    expect(wait).toBeGreaterThanOrEqual(windowMs);
    expect(wait).toBeLessThanOrEqual(windowMs + windowMs / 1_000);
    vi.setSystemTime(NOON + wait - 1);
    expect(await attempts(policy, subject, 1)).toBe(0);
    vi.setSystemTime(NOON + wait);
    expect(await attempts(policy, subject, 1)).toBe(1);
  });

  test("one subject's attempts do not count for another, nor does an eviction forget them", async () => {
    const [one, other] = [`usr_${crypto.randomUUID()}`, `usr_${crypto.randomUUID()}`];
    expect(await attempts("code_by_network", one, 5)).toBe(5);
    await abortAllDurableObjects();
    expect(await attempts("code_by_network", one, 1)).toBe(0);
    expect(await attempts("code_by_network", other, 1)).toBe(1);
  });

  test("are refused as uncountable when the counter does not answer", async () => {
    const dead: unknown = { getByName: () => ({ take: async () => Promise.reject(new Error("gone")) }) };
    const client = new RateLimiterClient(dead as typeof env.RATE_LIMITER);
    const attempt = new CountedAttempts(client).attempt("code_by_network", "usr_1");
    await expect(attempt).rejects.toBeInstanceOf(LimiterUnavailable);
  });
});
