import { expect, test } from "vitest";
import { newId } from "../../../src/lib/new-id.ts";
import { randomBytes } from "../../../src/lib/random-bytes.ts";

test("identifiers say what they name, sort by time and differ within a millisecond", () => {
  const first = newId("key", Date.parse("2026-11-20T09:00:00.000Z"), randomBytes);
  const later = newId("key", Date.parse("2031-11-20T09:00:00.001Z"), randomBytes);
  expect(first).toMatch(/^key_[0-9a-z]{25}$/);
  expect([later, first].sort()).toEqual([first, later]);
  const many = Array.from({ length: 1_000 }, () => newId("key", 0, randomBytes));
  expect(new Set(many).size).toBe(1_000);
});
