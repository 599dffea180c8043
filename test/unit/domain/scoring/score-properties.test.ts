import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { CompanyFacts } from "../../../../src/domain/companies/company.ts";
import { MODEL_REGLES_2026_11 } from "../../../../src/domain/scoring/model-regles-2026-11.ts";
import { scoreCompany } from "../../../../src/domain/scoring/score-company.ts";
import { Score } from "../../../../src/domain/scoring/score.ts";
import { arbitraryFacts, arbitrarySector } from "../../../support/arbitrary-facts.ts";
import { buildEvenement } from "../../../support/build-facts.ts";

const RUNS = { numRuns: 300 };
const at = fc
  .date({ min: new Date("2018-01-01"), max: new Date("2027-12-31"), noInvalidDate: true })
  .map((date) => date.toISOString());
const input = fc.record({ facts: arbitraryFacts, sector: fc.option(arbitrarySector, { nil: null }), at });

/** Says how to read the accounts: two kinds known to differ are not compared, unknown kinds are. */
const QUALIFIERS = new Set(["comptes"]);

/** Every copy of a value with one known part of it turned to unknown: a field to null, a list to empty. */
function withoutOne(value: unknown): unknown[] {
  if (Array.isArray(value)) {
    const shorter = value.flatMap((one, index) => withoutOne(one).map((next) => value.with(index, next)));
    return value.length > 0 && value.every((one) => typeof one === "object") ? [[], ...shorter] : shorter;
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => {
    if (member === null || QUALIFIERS.has(key) || REQUIRED.has(key)) return [];
    const inner = withoutOne(member).map((next) => ({ ...value, [key]: next }));
    return Array.isArray(member) ? inner : [{ ...value, [key]: null }, ...inner];
  });
}
const REQUIRED = new Set([
  "siren",
  "diffusion",
  "type",
  "code",
  "min",
  "annee",
  "date",
  "source",
  "en_cours",
  "qualites",
]);

function poorerVersions(facts: CompanyFacts): CompanyFacts[] {
  const lists = { details_financiers: [], dirigeants: [], evenements: [] };
  const emptied = Object.entries(lists).map(([key, none]) => ({ ...facts, [key]: none }));
  const band = facts.tranche_effectif;
  const undated = band === null ? [] : [{ ...facts, tranche_effectif: { ...band, annee: null } }];
  return [...emptied, ...undated, ...withoutOne(facts).filter(isFacts)];
}

function isFacts(value: unknown): value is CompanyFacts {
  return typeof value === "object" && value !== null && "siren" in value && "dirigeants" in value;
}

test("the answer is valid, the contributions are within bounds and add up to the score", () => {
  fc.assert(
    fc.property(input, (given) => {
      const score = scoreCompany(given);
      expect(Score.parse(score)).toEqual(score);
      expect(score.confidence).toBeLessThanOrEqual(score.coverage);
      expect(score.contributions.every(({ points, max }) => points >= 0 && points <= max)).toBe(true);
      expect(score.eligible || (score.ma_score === null && score.contributions.length === 0)).toBe(true);
      if (score.ma_score === null) return;
      expect(score.contributions.map(({ code }) => code)).toEqual(Object.keys(MODEL_REGLES_2026_11.points));
      expect(score.contributions.reduce((sum, { points }) => sum + points, 0)).toBe(score.ma_score);
      expect(score.contributions.reduce((sum, { max }) => sum + max, 0)).toBe(100);
      expect(score.contributions.toReversed().reduce((sum, { points }) => sum + points, 0)).toBe(
        score.ma_score,
      );
    }),
    { numRuns: 1000 },
  );
});

test("the same input gives the same answer and is left alone", () => {
  fc.assert(
    fc.property(input, (given) => {
      const copy = structuredClone(given);
      expect(scoreCompany(given)).toEqual(scoreCompany(copy));
      expect(given).toEqual(copy);
    }),
    RUNS,
  );
});

test("removing information never raises coverage or confidence", () => {
  fc.assert(
    fc.property(input, ({ facts, sector, at }) => {
      const before = scoreCompany({ facts, sector, at });
      if (!before.eligible) return;
      for (const poorer of poorerVersions(facts)) {
        const after = scoreCompany({ facts: poorer, sector, at });
        expect(after.coverage).toBeLessThanOrEqual(before.coverage);
        expect(after.confidence).toBeLessThanOrEqual(before.confidence);
      }
      const alone = scoreCompany({ facts, sector: null, at });
      expect(alone.coverage).toBeLessThanOrEqual(before.coverage);
      expect(alone.confidence).toBeLessThanOrEqual(before.confidence);
    }),
    RUNS,
  );
});

function sized(facts: CompanyFacts, code: string): CompanyFacts {
  return { ...facts, tranche_effectif: { code, min: 0, max: null, annee: 2024 } };
}

test("a bigger band never lowers the points of size, nor the score", () => {
  const codes = MODEL_REGLES_2026_11.tranches.map(({ code }) => code);
  fc.assert(
    fc.property(input, ({ facts, sector }) => {
      const scores = codes.map((code) =>
        scoreCompany({ facts: sized(facts, code), sector, at: "2026-11-20T10:00:00.000Z" }),
      );
      const points = scores.map(({ contributions }) => contributions[0]?.points ?? 0);
      const totals = scores.map(({ ma_score }) => ma_score ?? 0);
      expect(points).toEqual(points.toSorted((a, b) => a - b));
      expect(totals).toEqual(totals.toSorted((a, b) => a - b));
    }),
    RUNS,
  );
});

test("a new signal never lowers the score; an ongoing redressement never raises it", () => {
  const signals = [
    "changement_dirigeant",
    "modification_capital",
    "nomination_commissaire_aux_comptes",
    "fusion_scission",
    "comptes_confidentiels",
  ] as const;
  fc.assert(
    fc.property(input, fc.constantFrom(...signals), ({ facts, sector, at }, type) => {
      const before = scoreCompany({ facts, sector, at });
      if (facts.evenements.length === 0 || before.ma_score === null) return;
      const evenements = [buildEvenement({ type, date: at.slice(0, 10) }), ...facts.evenements];
      const signalled = scoreCompany({ facts: { ...facts, evenements }, sector, at });
      expect(signalled.ma_score).toBeGreaterThanOrEqual(before.ma_score);
      const calm = scoreCompany({ facts: { ...facts, procedure_collective: null }, sector, at });
      const procedure = { type: "redressement_judiciaire" as const, date_debut: null, en_cours: true };
      const distressed = scoreCompany({ facts: { ...facts, procedure_collective: procedure }, sector, at });
      expect(distressed.ma_score).toBeLessThanOrEqual(calm.ma_score ?? 0);
    }),
    RUNS,
  );
});
