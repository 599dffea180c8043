import { expect, test } from "vitest";
import { DEPARTEMENTS, REGIONS } from "../../../../src/domain/companies/departement-table.ts";
import {
  departementName,
  departementOf,
  departementOfCommune,
  departementOfPostalCode,
  regionOfDepartement,
} from "../../../../src/domain/companies/departement.ts";

test.each([
  ["69290", "69"],
  ["2A004", "2A"],
  ["2B033", "2B"],
  ["97411", "974"],
  ["97701", "977"],
  ["98735", "987"],
  ["01004", "01"],
  ["99109", "99"],
  ["20004", null],
  ["96000", null],
  ["69", null],
  ["", null],
])("commune %s → %s", (code, expected) => {
  expect(departementOfCommune(code)).toBe(expected);
});

test.each([
  ["69800", "69"],
  ["20000", "2A"],
  ["20167", "2A"],
  ["20200", "2B"],
  ["20600", "2B"],
  ["20900", null],
  ["97410", "974"],
  ["97133", "977"],
  ["97150", "978"],
  ["98000", null],
  ["98800", "988"],
  ["99999", null],
  ["6980", null],
])("postal code %s → %s", (code, expected) => {
  expect(departementOfPostalCode(code)).toBe(expected);
});

test("the commune decides, the postal code helps out", () => {
  expect(departementOf({ commune: "01004", codePostal: "69800" })).toBe("01");
  expect(departementOf({ commune: null, codePostal: "69800" })).toBe("69");
  expect(departementOf({ commune: "?", codePostal: "69800" })).toBe("69");
  expect(departementOf({ commune: null, codePostal: null })).toBeNull();
});

test("101 departments in 18 regions, each known and used", () => {
  expect(new Set(DEPARTEMENTS.map(([code]) => code)).size).toBe(101);
  expect(REGIONS.size).toBe(18);
  expect(new Set(DEPARTEMENTS.map(([, , region]) => region))).toEqual(new Set(REGIONS.keys()));
});

test.each([
  ["69", "84"],
  ["2A", "94"],
  ["75", "11"],
  ["974", "04"],
  ["987", null],
  ["99", null],
  [null, null],
])("region of %s → %s", (departement, expected) => {
  expect(regionOfDepartement(departement)).toBe(expected);
});

test("names", () => {
  expect(departementName("2B")).toBe("Haute-Corse");
  expect(departementName("987")).toBe("Polynésie française");
  expect(departementName("20")).toBeNull();
});
