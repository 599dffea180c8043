import { Random } from "../local/sandbox/world/random.ts";

/** Draws where the nth item is asked for 1/n times as often as the first; the same seed, the same draws. */
export function drawZipf<Item>(items: readonly Item[], draws: number, seed: string): Item[] {
  const random = new Random(seed);
  const weights = items.map((_, rank) => 1 / (rank + 1));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const drawOne = (): Item | undefined => {
    let left = random.between(0, total);
    return items.find((_, rank) => (left -= weights[rank] ?? 0) <= 0) ?? items[0];
  };
  return Array.from({ length: draws }, drawOne).filter((item) => item !== undefined);
}
