import { afterEach, expect, test, vi } from "vitest";
import { Turnstile } from "../../../src/auth/turnstile.ts";

afterEach(() => vi.useRealTimers());

test("of many at once one works at a time, and all of them in the end", async () => {
  vi.useFakeTimers();
  const turnstile = new Turnstile();
  const seen = { inside: 0, most: 0, done: 0 };
  const all = Array.from({ length: 20 }, async () =>
    turnstile.pass(async () => {
      seen.inside += 1;
      seen.most = Math.max(seen.most, seen.inside);
      await Promise.resolve();
      seen.inside -= 1;
      seen.done += 1;
    }),
  );
  await vi.runAllTimersAsync();
  await Promise.all(all);
  expect(seen).toEqual({ inside: 0, most: 1, done: 20 });
});

test("work that fails lets the next one in, and tells its own caller", async () => {
  const turnstile = new Turnstile();
  await expect(turnstile.pass(async () => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
  expect(await turnstile.pass(async () => "next")).toBe("next");
});

test("work that never ends, its request being gone, does not keep the others out for good", async () => {
  vi.useFakeTimers();
  const turnstile = new Turnstile();
  void turnstile.pass(async () => new Promise(() => undefined));
  const next = turnstile.pass(async () => "next");
  await vi.runAllTimersAsync();
  expect(await next).toBe("next");
});
