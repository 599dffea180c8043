import fc from "fast-check";
import { expect, test } from "vitest";
import { parseExactJson } from "../../../src/lib/exact-json.ts";

test("is JSON.parse for all that JavaScript prints", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value);
      expect(parseExactJson(text)).toEqual(JSON.parse(text));
    }),
    { numRuns: 500 },
  );
});

test("takes every way to write the same number", () => {
  expect(parseExactJson("[1.0, 1e2, 100.00, 0.10, -0.0, 1000000000000000000000, 0.0000001, 12e-1]")).toEqual([
    1, 100, 100, 0.1, -0, 1e21, 1e-7, 1.2,
  ]);
});

test("keeps as text what a JavaScript number would round", () => {
  const rounded = [
    "3.0000000000000000000001",
    "9007199254740993",
    "1e400",
    "-0.1000000000000000055511151231257827",
  ];
  for (const text of rounded) expect(parseExactJson(`{"n":${text}}`)).toEqual({ n: text });
});
