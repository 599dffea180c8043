import fc from "fast-check";
import { expect, test } from "vitest";
import { nearest } from "../../../src/lib/nearest.ts";

const NAMES = ["siren", "nom_entreprise", "chiffre_affaires", "siege.ville", "fields"];

test.each([
  ["feilds", "fields"],
  ["nom_entreprize", "nom_entreprise"],
  ["chiffreaffaires", "chiffre_affaires"],
  ["SIREN", "siren"],
])("%s was probably %s", (word, wanted) => {
  expect(nearest(word, NAMES)).toBe(wanted);
});

test("a word that looks like none gets no proposal", () => {
  expect(nearest("zzzzzzzz", NAMES)).toBeNull();
  expect(nearest("", [])).toBeNull();
});

test("a known word is its own nearest", () => {
  fc.assert(
    fc.property(fc.constantFrom(...NAMES), (name) => {
      expect(nearest(name, NAMES)).toBe(name);
    }),
  );
});
