import codesNaf from "@socialgouv/codes-naf/index.json" with { type: "json" };
import { expect, test } from "vitest";
import { nafDivision, nafLabel, nafSection, normaliseNaf } from "../../../../src/domain/companies/naf.ts";

test.each([
  ["25.62B", { code: "25.62B", version: "rev2" }],
  ["2562B", { code: "25.62B", version: "rev2" }],
  [" 25.62b ", { code: "25.62B", version: "rev2" }],
  ["70.10Z", { code: "70.10Z", version: "rev2" }],
  ["25.53Y", { code: "25.53Y", version: "2025" }],
  ["2553G", { code: "25.53G", version: "2025" }],
  ["28.5D", null],
  ["741J", null],
  ["25.62I", null],
  ["25.62", null],
  ["", null],
  [null, null],
  [undefined, null],
])("normaliseNaf %s", (raw, expected) => {
  expect(normaliseNaf(raw)).toEqual(expected);
});

test("all 732 rev. 2 sub-classes are rev. 2, and have a section and a label", () => {
  const subClasses = codesNaf.filter((row) => /[A-Z]$/.test(row.id));
  expect(subClasses).toHaveLength(732);
  for (const { id, label } of subClasses) {
    const naf = normaliseNaf(id);
    expect(naf).toEqual({ code: id, version: "rev2" });
    expect(naf && nafSection(naf)).toMatch(/^[A-U]$/);
    expect(nafLabel(id)).toBe(label);
  }
});

test.each([
  ["25.62B", "C"],
  ["62.01Z", "J"],
  ["68.20B", "L"],
  ["62.10Y", "K"],
  ["68.20Y", "M"],
  ["99.00Y", "V"],
  ["04.00Z", null],
])("section of %s", (code, expected) => {
  const naf = normaliseNaf(code);
  expect(naf && nafSection(naf)).toBe(expected);
});

test("labels at every level, none for a code of another nomenclature", () => {
  expect(nafLabel("25.62B")).toBe("Mécanique industrielle");
  expect(nafLabel(nafDivision("25.62B"))).toContain("Fabrication de produits métalliques");
  expect(nafLabel("25.53Y")).toBeNull();
});
