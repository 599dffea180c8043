import { expect, test } from "vitest";
import { Lru } from "../../../src/lib/lru.ts";

test("what was used longest ago leaves first", () => {
  const lru = new Lru<number>(2);
  lru.set("a", 1, 100);
  lru.set("b", 2, 100);
  expect(lru.get("a", 0)).toBe(1);
  lru.set("c", 3, 100);
  expect([lru.get("a", 0), lru.get("b", 0), lru.get("c", 0)]).toEqual([1, undefined, 3]);
});

test("an entry is gone when its time is over", () => {
  const lru = new Lru<number>(2);
  lru.set("a", 1, 100);
  expect(lru.get("a", 99)).toBe(1);
  expect(lru.get("a", 100)).toBeUndefined();
  expect(lru.get("a", 0)).toBeUndefined();
});

test("writing again replaces value and time; deleting forgets", () => {
  const lru = new Lru<number>(2);
  lru.set("a", 1, 100);
  lru.set("a", 2, 200);
  expect(lru.get("a", 150)).toBe(2);
  lru.delete("a");
  expect(lru.get("a", 150)).toBeUndefined();
});
