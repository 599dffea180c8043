import fc from "fast-check";
import { parse } from "csv-parse/sync";
import { expect, test } from "vitest";
import { csvRow } from "../../../src/lib/csv-row.ts";

test("what a spreadsheet would run is text with an apostrophe before it", () => {
  const cells = [
    "=1+1",
    "+33",
    "-x",
    "@a",
    "\tb",
    "\rc",
    "\nd",
    "\u0000e",
    "\uFF1Df",
    "\uFF0Bg",
    "\uFF0Dh",
    "\uFF20i",
  ];
  const [row] = parse(csvRow(cells), { relax_quotes: false });
  expect(row).toEqual(cells.map((cell) => `'${cell}`));
});

test("numbers stay numbers, nothing is nothing", () => {
  expect(csvRow([-5, 1.5, null, "", "a"])).toBe("-5,1.5,,,a\r\n");
});

test("any other text comes back as it was", () => {
  const safe = fc
    .string({ unit: "grapheme", minLength: 1 })
    .filter((text) => !/^[^\p{L}\p{N}\p{P}]|^[=+\-@＝＋－＠]/u.test(text));
  fc.assert(
    fc.property(fc.array(safe, { minLength: 2, maxLength: 5 }), (cells) => {
      expect(parse(csvRow(cells))[0]).toEqual(cells);
    }),
  );
});
