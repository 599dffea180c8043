import * as fc from "fast-check";
import { expect, test } from "vitest";
import { JSON_BOUNDS, jsonFault } from "../../../src/lib/json-bounds.ts";

const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);

const numbers = (count: number): string => JSON.stringify(Array.from({ length: count }, () => 1));

test("a document at its bounds is accepted, one step further is not", () => {
  expect(jsonFault(nested(JSON_BOUNDS.depth))).toBeNull();
  expect(jsonFault(nested(JSON_BOUNDS.depth + 1))).toBe("too_deep");
  expect(jsonFault(JSON.stringify({ a: "x".repeat(JSON_BOUNDS.text) }))).toBeNull();
  expect(jsonFault(JSON.stringify({ a: "x".repeat(JSON_BOUNDS.text + 1) }))).toBe("text_too_long");
  expect(jsonFault(JSON.stringify({ ["x".repeat(JSON_BOUNDS.text + 1)]: 1 }))).toBe("text_too_long");
  expect(jsonFault(numbers(JSON_BOUNDS.values - 1))).toBeNull();
  expect(jsonFault(numbers(JSON_BOUNDS.values + 1))).toBe("too_many_values");
});

test("brackets, commas and escaped quotes inside texts count for nothing", () => {
  expect(
    jsonFault(JSON.stringify({ a: "[".repeat(1_000), b: ",".repeat(60_000), c: '\\"[{'.repeat(50) })),
  ).toBeNull();
});

test.each([
  ["a hundred thousand opening brackets", "[".repeat(100_000), "too_deep"],
  ["a hundred thousand nested objects", '{"a":'.repeat(100_000), "too_deep"],
  ["closing brackets alone", "]".repeat(100_000), null],
  ["a text that never ends", `"${"x".repeat(200_000)}`, "text_too_long"],
  ["a backslash at the very end", '"\\', null],
  ["nothing", "", null],
])("%s does not overflow anything", (_, text, expected) => {
  expect(jsonFault(text)).toBe(expected);
});

function measure(value: unknown): { depth: number; values: number } {
  if (value === null || typeof value !== "object") return { depth: 0, values: 1 };
  const inner = Object.values(value).map(measure);
  return {
    depth: 1 + Math.max(0, ...inner.map(({ depth }) => depth)),
    values: 1 + inner.reduce((sum, { values }) => sum + values, 0),
  };
}

test("property: a document is refused when it is deeper or larger than the bounds, whatever its texts hold", () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), fc.nat(6), (text, depth) => {
      const real = measure(JSON.parse(text));
      const found = jsonFault(text, { depth, values: 1_000_000, text: 1_000_000 });
      expect(found).toBe(real.depth > depth ? "too_deep" : null);
      // Lists and objects may count for two: nothing is refused below half of the bound.
      const loose = { depth: 100, values: real.values * 2, text: 1_000_000 };
      expect(jsonFault(text, loose)).toBeNull();
    }),
  );
});
