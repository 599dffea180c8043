import { type LimitOverrides, NO_OVERRIDES, readOverrides } from "../domain/limits/limit-overrides.ts";
import type { LimitSettings } from "../domain/limits/ports.ts";
import { errorKind } from "../lib/error-kind.ts";

export const LIMITS_KEY = "limits:v1";
const FRESH_MS = 30_000;

interface Log {
  event(name: string, fields: Record<string, string>): void;
}

/** The limits in KV, as one isolate knows them: read again after 30 seconds. */
export class KvLimitSettings implements LimitSettings {
  readonly #kv: KVNamespace;
  readonly #now: () => number;
  readonly #log: Log;
  #known: LimitOverrides | null = null;
  #dueAt = 0;

  constructor(kv: KVNamespace, now: () => number, log: Log) {
    this.#kv = kv;
    this.#now = now;
    this.#log = log;
  }

  fresh(): LimitOverrides | null {
    return this.#now() < this.#dueAt ? this.#known : null;
  }

  async read(background: (work: Promise<unknown>) => void): Promise<LimitOverrides> {
    const fresh = this.fresh();
    if (fresh !== null) return fresh;
    const loading = this.#load();
    if (this.#known === null) return loading;
    this.#dueAt = this.#now() + FRESH_MS;
    background(loading);
    return this.#known;
  }

  async #load(): Promise<LimitOverrides> {
    try {
      const text = await this.#kv.get(LIMITS_KEY);
      const { overrides, faults } = readOverrides(text === null ? {} : JSON.parse(text));
      if (faults.length > 0) this.#log.event("limit_settings_unreadable", { problem: faults.join(", ") });
      this.#known = overrides;
    } catch (error) {
      this.#log.event("limit_settings_unreadable", { problem: errorKind(error) });
      this.#known ??= NO_OVERRIDES;
    }
    this.#dueAt = this.#now() + FRESH_MS;
    return this.#known;
  }
}
