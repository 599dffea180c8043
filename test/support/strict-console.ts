import { afterEach, beforeEach, expect, type MockInstance, vi } from "vitest";

const seen: { errors: MockInstance | null } = { errors: null };

/** An error printed by the Worker that no test asked for is a failure. */
beforeEach(() => {
  seen.errors = vi.spyOn(console, "error");
  vi.spyOn(console, "log").mockImplementation(() => undefined);
});

afterEach(() => {
  expect(seen.errors?.mock.calls ?? []).toEqual([]);
  vi.restoreAllMocks();
});
