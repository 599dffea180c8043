import type { SourceName } from "../../../src/domain/enrichment/source.ts";

interface Bucket {
  capacity: number;
  perMs: number;
  tokens: number;
  at: number;
}

/**
 * The published rate limits of the two free registers. Off until asked for: tests and benches count calls,
 * and a bucket that empties would change what they count.
 */
export class RateLimits {
  #enabled = false;
  #buckets = new Map<SourceName, Bucket>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  get enabled(): boolean {
    return this.#enabled;
  }

  /** Either way the buckets start full. */
  enable(enabled: boolean): void {
    this.#enabled = enabled;
    const at = this.#now();
    this.#buckets = new Map<SourceName, Bucket>([
      ["recherche_entreprises", { capacity: 7, perMs: 7 / 1000, tokens: 7, at }],
      ["insee", { capacity: 30, perMs: 30 / 60_000, tokens: 30, at }],
    ]);
  }

  /** False when the provider has nothing left to give now. */
  take(provider: SourceName): boolean {
    const bucket = this.#buckets.get(provider);
    if (!this.#enabled || bucket === undefined) return true;
    const now = this.#now();
    bucket.tokens = Math.min(bucket.capacity, bucket.tokens + (now - bucket.at) * bucket.perMs);
    bucket.at = now;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }
}
