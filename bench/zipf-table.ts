import type { Random } from "../local/sandbox/world/random.ts";

/** Draws items by weight in logarithmic time. */
export class ZipfTable<Item> {
  readonly #items: readonly Item[];
  readonly #sums: Float64Array;

  /** The nth item weighs 1/n^`exponent`. */
  constructor(items: readonly Item[], exponent: number) {
    this.#items = items;
    this.#sums = runningSums(items.map((_, rank) => (rank + 1) ** -exponent));
  }

  static weighted<Item>(pairs: readonly (readonly [Item, number])[]): ZipfTable<Item> {
    const table = new ZipfTable(
      pairs.map(([item]) => item),
      0,
    );
    table.#sums.set(runningSums(pairs.map(([, weight]) => weight)));
    return table;
  }

  draw(random: Random): Item {
    const sums = this.#sums;
    const wanted = random.next() * (sums.at(-1) ?? 0);
    let low = 0;
    let high = sums.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? 0) > wanted) high = middle;
      else low = middle + 1;
    }
    const item = this.#items[low];
    if (item === undefined) throw new Error("nothing to draw from");
    return item;
  }
}

function runningSums(weights: readonly number[]): Float64Array {
  let sum = 0;
  return Float64Array.from(weights, (weight) => (sum += weight));
}
