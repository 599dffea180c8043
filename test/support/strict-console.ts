import { afterEach, beforeEach, expect, type MockInstance, vi } from "vitest";

const seen: { errors: MockInstance | null } = { errors: null };

// For good, not for each test: work that outlives its test goes on writing its lines.
Object.assign(console, { log: () => undefined });

/** An error printed by the Worker that no test asked for is a failure. */
beforeEach(() => {
  seen.errors = vi.spyOn(console, "error");
});

afterEach(() => {
  const errors = [...(seen.errors?.mock.calls ?? [])];
  vi.restoreAllMocks();
  expect(errors, "errors printed by the Worker, maybe by work that an earlier test left behind").toEqual([]);
});
