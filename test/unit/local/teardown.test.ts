import { afterEach, expect, test, vi } from "vitest";
import { Teardown } from "../../../local/teardown.ts";

afterEach(() => vi.restoreAllMocks());

test("goes backwards, once, and past what fails", async () => {
  const complaint = vi.spyOn(console, "error").mockReturnValue(undefined);
  const order: string[] = [];
  const teardown = new Teardown();
  teardown.add("first", () => void order.push("first"));
  teardown.add("broken", () => {
    throw new Error("stuck");
  });
  teardown.add("last", async () => void order.push("last"));
  await Promise.all([teardown.run(), teardown.run()]);
  expect(order).toEqual(["last", "first"]);
  expect(complaint.mock.calls).toEqual([["broken did not stop cleanly: stuck"]]);
});
