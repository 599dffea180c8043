import { expect, test } from "vitest";
import { CompanyGenerator, type GeneratedCompany, NAF_CODES } from "../../../bench/company-generator.ts";
import { departementOfPostalCode } from "../../../src/domain/companies/departement.ts";
import { passesLuhn } from "../../../src/domain/companies/siren.ts";

const COUNT = 20_000;

function take(seed: string, count: number): GeneratedCompany[] {
  const generator = new CompanyGenerator(seed);
  return Array.from({ length: count }, () => generator.next());
}

function shareOf(companies: GeneratedCompany[], is: (company: GeneratedCompany) => boolean): number {
  return companies.filter(is).length / companies.length;
}

test("the same seed makes the same companies, another seed others", () => {
  expect(take("one", 100)).toEqual(take("one", 100));
  expect(take("one", 100)).not.toEqual(take("two", 100));
});

test("generated SIRENs are valid, no two are the same, and they come in no order", () => {
  const sirens = take("sirens", COUNT).map(({ siren }) => siren);
  expect(sirens.every((siren) => /^\d{9}$/.test(siren) && passesLuhn(siren))).toBe(true);
  expect(new Set(sirens).size).toBe(COUNT);
  expect(sirens).not.toEqual(sirens.toSorted());
});

test("generated companies are as unevenly spread, and as little known, as those of the register", () => {
  const companies = take("spread", COUNT);
  expect(shareOf(companies, ({ chiffre_affaires }) => chiffre_affaires === null)).toBeCloseTo(0.6, 1);
  expect(shareOf(companies, ({ ma_score }) => ma_score === null)).toBeCloseTo(0.15, 1);
  expect(shareOf(companies, ({ statut }) => statut === "cessee")).toBeCloseTo(0.25, 1);
  expect(shareOf(companies, ({ code_naf }) => code_naf === NAF_CODES[0])).toBeGreaterThan(0.08);
  expect(shareOf(companies, ({ nom_entreprise }) => nom_entreprise === null)).toBeGreaterThan(0);
  expect(new Set(companies.map(({ departement }) => departement)).size).toBe(101);
});

test("a generated postal code is one of its department", () => {
  for (const { code_postal, departement } of take("places", 2_000)) {
    expect(code_postal).toMatch(/^\d{5}$/);
    expect(departementOfPostalCode(code_postal)).toBe(departement);
  }
});
