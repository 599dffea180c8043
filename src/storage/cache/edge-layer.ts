import type { CompanyCacheLayer, EnrichmentLog } from "../../domain/enrichment/ports.ts";
import { isKnown, parseStoredCompany, type StoredCompany } from "../../domain/enrichment/stored-company.ts";

const EDGE_SECONDS = 60;

/** Copies in the Cache API of one data centre. On `*.workers.dev` it stores nothing: every read is a miss. */
export class EdgeLayer implements CompanyCacheLayer {
  readonly name = "edge";
  readonly #cache: Cache;
  readonly #log: EnrichmentLog;

  constructor(cache: Cache, log: EnrichmentLog) {
    this.#cache = cache;
    this.#log = log;
  }

  async read(siren: string): Promise<StoredCompany | null> {
    try {
      const found = await this.#cache.match(keyOf(siren));
      return found === undefined ? null : parseStoredCompany(await found.text());
    } catch (error) {
      return this.#missed(siren, error);
    }
  }

  async write(stored: StoredCompany): Promise<void> {
    const headers = { "cache-control": `s-maxage=${EDGE_SECONDS}`, "content-type": "application/json" };
    try {
      if (!isKnown(stored)) return await this.forget(stored.siren);
      await this.#cache.put(keyOf(stored.siren), new Response(JSON.stringify(stored), { headers }));
    } catch (error) {
      this.#missed(stored.siren, error);
    }
  }

  async forget(siren: string): Promise<void> {
    await this.#cache.delete(keyOf(siren));
  }

  #missed(siren: string, error: unknown): null {
    this.#log.event("cache_level_failed", { level: this.name, siren, error: String(error) });
    return null;
  }
}

function keyOf(siren: string): string {
  return `https://cache.invalid/company/v1/${siren}`;
}
