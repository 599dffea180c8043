import { StorageUnavailable } from "../domain/enrichment/errors.ts";
import { addTotals, type SloTotals } from "../observability/slo-points.ts";
import { addTallies, type Tallies } from "../observability/slo-tallies.ts";
import type { MetricsShard } from "./metrics-shard.ts";

const READ_LIMIT_MS = 2_000;
/** A shard stores what is counted once a second. */
const WRITE_LIMIT_MS = 10_000;

/**
 * The objectives' events, which the shards of the metrics counted each in part. Throws `StorageUnavailable` when one of
 * them can't be asked: without its part every figure would be wrong.
 */
export class SloShardsClient {
  readonly #namespace: DurableObjectNamespace<MetricsShard>;
  readonly #shards: number;

  constructor(namespace: DurableObjectNamespace<MetricsShard>, shards: number) {
    this.#namespace = namespace;
    this.#shards = shards;
  }

  async totals(now: number): Promise<SloTotals> {
    return addTotals(await this.#ofAll(async (shard) => shard.sloTotals(now)));
  }

  /** Of the 5 minutes that began then. */
  async span(at: number): Promise<Tallies> {
    const sums: Tallies = {};
    for (const part of await this.#ofAll(async (shard) => shard.sloSpan(at))) addTallies(sums, part);
    return sums;
  }

  /** The last span that was judged; null: none yet. */
  async judgedAt(): Promise<number | null> {
    return this.#asked(async () => this.#shard(1).sloJudgedAt());
  }

  /** Counts the breaches of a span. false: they were counted before. */
  async judge(at: number, breached: string[]): Promise<boolean> {
    return this.#asked(async () => this.#shard(1).judgeSlos(at, breached), WRITE_LIMIT_MS);
  }

  #shard(number: number): DurableObjectStub<MetricsShard> {
    return this.#namespace.getByName(`metrics:v1:${number}`);
  }

  async #ofAll<Part>(ask: (shard: DurableObjectStub<MetricsShard>) => Promise<Part>): Promise<Part[]> {
    const numbers = Array.from({ length: this.#shards }, (_, index) => index + 1);
    return this.#asked(async () => Promise.all(numbers.map(async (number) => ask(this.#shard(number)))));
  }

  async #asked<Answer>(ask: () => Promise<Answer>, limitMs = READ_LIMIT_MS): Promise<Answer> {
    const clock = new AbortController();
    const late = scheduler.wait(limitMs, { signal: clock.signal }).then(() => {
      throw new StorageUnavailable("timeout");
    });
    try {
      return await Promise.race([ask(), late]);
    } catch (error) {
      throw error instanceof StorageUnavailable ? error : new StorageUnavailable(error);
    } finally {
      clock.abort();
    }
  }
}
