import { StorageUnavailable } from "../domain/enrichment/errors.ts";
import type { QueuePauses } from "../domain/operations/ports.ts";
import type { QueueName } from "../domain/operations/queue-name.ts";
import { errorKind } from "../lib/error-kind.ts";

const FRESH_MS = 5_000;
/** The least that KV takes: what an isolate asks again meanwhile is answered nearby. */
const CACHE_SECONDS = 30;

export const pauseKey = (queue: QueueName): string => `queues:v1:${queue}`;

/** The part of a KV namespace that is used. */
interface FlagStore {
  get(key: string, options?: { cacheTtl: number }): Promise<string | null>;
  put(key: string, value: string): Promise<void>;
  delete(key: string): Promise<void>;
}

interface Log {
  event(name: string, fields: Record<string, string>): void;
}

/** Which queues are paused, in KV: an isolate reads a flag again after 5 seconds. */
export class KvQueuePauses implements QueuePauses {
  readonly #kv: FlagStore;
  readonly #now: () => number;
  readonly #log: Log;
  readonly #known = new Map<QueueName, { paused: boolean; dueAt: number }>();

  constructor(kv: FlagStore, now: () => number, log: Log) {
    this.#kv = kv;
    this.#now = now;
    this.#log = log;
  }

  /** Work goes on as last known, or goes on at all, when the flag can't be read. */
  async isPaused(queue: QueueName): Promise<boolean> {
    const known = this.#known.get(queue);
    if (known !== undefined && this.#now() < known.dueAt) return known.paused;
    let paused = known?.paused ?? false;
    try {
      paused = (await this.#kv.get(pauseKey(queue), { cacheTtl: CACHE_SECONDS })) !== null;
    } catch (error) {
      this.#log.event("queue_pause_unreadable", { queue, error: errorKind(error) });
    }
    this.#known.set(queue, { paused, dueAt: this.#now() + FRESH_MS });
    return paused;
  }

  async read(queue: QueueName): Promise<boolean> {
    try {
      return (await this.#kv.get(pauseKey(queue))) !== null;
    } catch (error) {
      throw new StorageUnavailable(error);
    }
  }

  async set(queue: QueueName, paused: boolean): Promise<void> {
    try {
      await (paused ? this.#kv.put(pauseKey(queue), "paused") : this.#kv.delete(pauseKey(queue)));
    } catch (error) {
      throw new StorageUnavailable(error);
    }
    this.#known.delete(queue);
  }
}
