import { DURAND_SIREN } from "./documented-sirens.ts";

/** FNV-1a, 32 bits. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}

export type NonEmpty<T> = readonly [T, ...T[]];

/** Mulberry32: the same seed always tells the same story. */
export class Random {
  #state: number;

  constructor(seed: string) {
    // FNV leaves near seeds near each other; one multiplication spreads them.
    this.#state = Math.imul(hashText(seed), 0x9e3779b1) >>> 0;
  }

  /** In [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** An integer, both ends included. */
  int(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  between(min: number, max: number): number {
    return min + this.next() * (max - min);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(items: NonEmpty<T>): T {
    return items[this.int(0, items.length - 1)] ?? items[0];
  }

  /** Picks in proportion to each item's weight. */
  weighted<T>(items: NonEmpty<readonly [T, number]>): T {
    const total = items.reduce((sum, [, weight]) => sum + weight, 0);
    let left = this.next() * total;
    for (const [item, weight] of items) {
      left -= weight;
      if (left < 0) return item;
    }
    return items[0][0];
  }
}

/** One independent stream per topic, so that a new topic does not move the others. */
export function seeded(siren: string, topic: string): Random {
  return new Random(`${topic}/${siren}`);
}

/** A trait a SIREN has or has not, for good. The documented company is as documented: it has none. */
export function hasTrait(siren: string, trait: string, probability: number): boolean {
  return siren !== DURAND_SIREN && seeded(siren, `trait:${trait}`).chance(probability);
}
