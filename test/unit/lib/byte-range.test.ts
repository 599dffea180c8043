import fc from "fast-check";
import { expect, test } from "vitest";
import { parseRange } from "../../../src/lib/byte-range.ts";

test.each([
  [null, "whole"],
  ["", "whole"],
  ["bytes=0-99", { offset: 0, length: 100 }],
  ["bytes=0-0", { offset: 0, length: 1 }],
  ["bytes=10-19", { offset: 10, length: 10 }],
  ["BYTES=10-", { offset: 10, length: 90 }],
  ["bytes=90-1000", { offset: 90, length: 10 }],
  ["bytes=-5", { offset: 95, length: 5 }],
  ["bytes=-500", { offset: 0, length: 100 }],
  ["bytes=100-", "unsatisfiable"],
  ["bytes=100-200", "unsatisfiable"],
  ["bytes=-0", "unsatisfiable"],
  ["bytes=99999999999999999999-", "unsatisfiable"],
  ["bytes=20-10", "whole"],
  ["bytes=0-1,5-6", "whole"],
  ["bytes=-", "whole"],
  ["bytes=a-b", "whole"],
  ["rows=0-1", "whole"],
] as const)("%s of a hundred bytes", (header, expected) => {
  expect(parseRange(header, 100)).toEqual(expected);
});

test("a range never leaves the file", () => {
  const edge = fc.option(fc.nat(1_000), { nil: null });
  fc.assert(
    fc.property(edge, edge, fc.nat(500), (first, last, size) => {
      const range = parseRange(`bytes=${first ?? ""}-${last ?? ""}`, size);
      if (typeof range === "string") return;
      expect(range.length).toBeGreaterThan(0);
      expect(range.offset).toBeGreaterThanOrEqual(0);
      expect(range.offset + range.length).toBeLessThanOrEqual(size);
    }),
  );
});
