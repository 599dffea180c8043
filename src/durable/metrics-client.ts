import type { MetricReport } from "../observability/metric-flush.ts";
import type { MetricSnapshot } from "../observability/metric-totals.ts";
import type { MetricsShard } from "./metrics-shard.ts";

/** Reaches the objects that add up what all isolates counted. */
export class MetricsClient {
  readonly #namespace: DurableObjectNamespace<MetricsShard>;
  readonly #shards: number;

  constructor(namespace: DurableObjectNamespace<MetricsShard>, shards: number) {
    this.#namespace = namespace;
    this.#shards = shards;
  }

  /** To the shard of its isolate, always the same. Throws when it is not known to be stored. */
  async add(report: MetricReport): Promise<void> {
    const shard = 1 + (Number.parseInt(report.isolate.slice(-8), 16) % this.#shards);
    await this.#shard(shard).add(report);
  }

  /** Of every shard; throws when one does not answer: a sum without it would look as if counters had gone back. */
  async readAll(): Promise<MetricSnapshot[]> {
    return Promise.all(Array.from({ length: this.#shards }, async (_, at) => this.#shard(at + 1).read()));
  }

  #shard(number: number): DurableObjectStub<MetricsShard> {
    return this.#namespace.getByName(`metrics:v1:${number}`);
  }
}
