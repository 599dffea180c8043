import type { CompanyCacheLayer, EnrichmentLog } from "../../domain/enrichment/ports.ts";
import { isKnown, parseStoredCompany, type StoredCompany } from "../../domain/enrichment/stored-company.ts";
import { errorKind } from "../../lib/error-kind.ts";
import { cacheSpan } from "./cache-span.ts";

const EDGE_SECONDS = 60;

/** Copies in the Cache API of one data centre. On `*.workers.dev` it stores nothing: every read is a miss. */
export class EdgeLayer implements CompanyCacheLayer {
  readonly name = "edge";
  readonly #cache: Cache;
  readonly #origin: string;
  readonly #log: EnrichmentLog;

  /** `origin`: our own host, so that the keys stay in our zone; nothing is ever fetched from it. */
  constructor(cache: Cache, origin: string, log: EnrichmentLog) {
    this.#cache = cache;
    this.#origin = origin;
    this.#log = log;
  }

  async read(siren: string): Promise<StoredCompany | null> {
    try {
      const found = await cacheSpan("edge", "read", async () => this.#cache.match(this.#keyOf(siren)));
      return found === undefined ? null : parseStoredCompany(await found.text());
    } catch (error) {
      return this.#missed(siren, error);
    }
  }

  async write(stored: StoredCompany): Promise<void> {
    const headers = { "cache-control": `s-maxage=${EDGE_SECONDS}`, "content-type": "application/json" };
    try {
      if (!isKnown(stored)) return await this.forget(stored.siren);
      await cacheSpan("edge", "write", async () =>
        this.#cache.put(this.#keyOf(stored.siren), new Response(JSON.stringify(stored), { headers })),
      );
    } catch (error) {
      this.#missed(stored.siren, error);
    }
  }

  async forget(siren: string): Promise<void> {
    await cacheSpan("edge", "forget", async () => this.#cache.delete(this.#keyOf(siren)));
  }

  #missed(siren: string, error: unknown): null {
    this.#log.event("cache_level_failed", { layer: this.name, siren, error: errorKind(error) });
    return null;
  }

  #keyOf(siren: string): string {
    return `${this.#origin}/__cache/company/v1/${siren}`;
  }
}
