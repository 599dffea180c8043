import * as fc from "fast-check";
import { expect, test } from "vitest";
import { distributePoints } from "../../../../src/domain/scoring/distribute-points.ts";

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

test("nothing known gives nothing", () => {
  expect(distributePoints([{ points: 0, known: 0 }])).toBeNull();
});

test("a part of the blocks is stretched to 100", () => {
  const thirds = [10, 5, 0].map((points) => ({ points, known: 10 }));
  expect(distributePoints(thirds)).toEqual({
    score: 50,
    shares: [
      { points: 33.25, max: 33.5 },
      { points: 16.75, max: 33.25 },
      { points: 0, max: 33.25 },
    ],
  });
});

test("rounding up never lends a point to a block that earned none", () => {
  const full = distributePoints([
    { points: 25, known: 25 },
    { points: 0, known: 69 },
  ]);
  expect(full?.shares[1]?.points).toBe(0);
  expect(full?.score).toBe(26);
});

test("whatever is earned, shares are within their max and add up to the last bit", () => {
  const judgement = fc
    .tuple(
      fc.oneof(fc.constant(0), fc.double({ min: 0.01, max: 100, noNaN: true })),
      fc.double({ min: 0, max: 1, noNaN: true }),
    )
    .map(([known, fraction]) => ({ known, points: known * fraction }));
  fc.assert(
    fc.property(fc.array(judgement, { minLength: 1, maxLength: 5 }), (judgements) => {
      const result = distributePoints(judgements);
      if (result === null) return sum(judgements.map(({ known }) => known)) === 0;
      const { score, shares } = result;
      expect(Number.isInteger(score)).toBe(true);
      expect(sum(shares.map(({ points }) => points))).toBe(score);
      expect(sum(shares.map(({ max }) => max))).toBe(100);
      expect(shares.every(({ points, max }) => points >= 0 && points <= max)).toBe(true);
      const exact =
        (100 * sum(judgements.map(({ points }) => points))) / sum(judgements.map(({ known }) => known));
      expect(Math.abs(score - exact)).toBeLessThan(2.5);
      return true;
    }),
    { numRuns: 1000 },
  );
});
