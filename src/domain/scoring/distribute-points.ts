/** Quarter points: fine enough to print, and exact in binary, so any client's sum is the score to the last bit. */
const STEPS = 4;
const FULL = 100;

export interface Judgement {
  points: number;
  known: number;
}

export interface Distribution {
  /** Integer 0–100. */
  score: number;
  /** One per judgement, in order; points add up to the score and max to 100. */
  shares: { points: number; max: number }[];
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Largest remainder: whole steps in proportion to the weights, none above its cap. Ties go to the first. */
function apportion(steps: number, weights: number[], caps: number[]): number[] {
  const total = sum(weights);
  const ideal = weights.map((weight) => (total === 0 ? 0 : (steps * weight) / total));
  const given = ideal.map((share, index) => Math.min(Math.floor(share), caps[index] ?? 0));
  const room = (index: number) => (weights[index] ?? 0) > 0 && (given[index] ?? 0) < (caps[index] ?? 0);
  const lack = (index: number) => (room(index) ? (ideal[index] ?? 0) - (given[index] ?? 0) : -Infinity);
  for (let left = steps - sum(given); left > 0; left--) {
    const next = ideal.reduce((best, _, index) => (lack(index) > lack(best) ? index : best), 0);
    if (!room(next)) break;
    given[next] = (given[next] ?? 0) + 1;
  }
  return given;
}

/** Rescales what was earned to what was known; null when nothing was. */
export function distributePoints(judgements: Judgement[]): Distribution | null {
  const known = judgements.map((judgement) => judgement.known);
  const earned = judgements.map(({ points }) => points);
  if (sum(known) === 0) return null;
  const open = known.map(() => FULL * STEPS);
  const max = apportion(FULL * STEPS, known, open);
  // Rounding up must not give a point to a block that earned nothing when all others are full.
  const capacity = sum(max.filter((_, index) => (earned[index] ?? 0) > 0)) / STEPS;
  const score = Math.min(Math.round((FULL * sum(earned)) / sum(known)), Math.floor(capacity));
  const points = apportion(score * STEPS, earned, max);
  return {
    score,
    shares: max.map((steps, index) => ({ points: (points[index] ?? 0) / STEPS, max: steps / STEPS })),
  };
}
