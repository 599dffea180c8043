import { StorageUnavailable } from "../../domain/enrichment/errors.ts";
import type { CompanyCacheLayer, EnrichmentLog } from "../../domain/enrichment/ports.ts";
import { NOT_FOUND_TTL_MS, STALE_IF_ERROR_MS } from "../../domain/enrichment/source-policy.ts";
import { isKnown, parseStoredCompany, type StoredCompany } from "../../domain/enrichment/stored-company.ts";
import { errorKind } from "../../lib/error-kind.ts";
import { cacheSpan } from "./cache-span.ts";

/** KV keeps its own copy in each location for this long; 30 s is its minimum. */
const LOCAL_COPY_SECONDS = 60;
/** KV takes one write a second per key; a second one is tried after this long. */
const WRITE_SPACING_MS = 1_100;

/** Copies in KV, everywhere in the world within a minute. Kept as long as stale data may serve. */
export class KvLayer implements CompanyCacheLayer {
  readonly name = "kv";
  readonly #kv: KVNamespace;
  readonly #log: EnrichmentLog;

  constructor(kv: KVNamespace, log: EnrichmentLog) {
    this.#kv = kv;
    this.#log = log;
  }

  async read(siren: string): Promise<StoredCompany | null> {
    try {
      const text = await cacheSpan("kv", "read", async () =>
        this.#kv.get(keyOf(siren), { cacheTtl: LOCAL_COPY_SECONDS }),
      );
      return text === null ? null : parseStoredCompany(text);
    } catch (error) {
      this.#failed("read", siren, error);
      return null;
    }
  }

  async write(stored: StoredCompany): Promise<void> {
    const expirationTtl = (isKnown(stored) ? STALE_IF_ERROR_MS : NOT_FOUND_TTL_MS) / 1_000;
    const put = async (): Promise<void> =>
      cacheSpan("kv", "write", async () =>
        this.#kv.put(keyOf(stored.siren), JSON.stringify(stored), { expirationTtl }),
      );
    try {
      await put().catch(async () => {
        await scheduler.wait(WRITE_SPACING_MS);
        return put();
      });
    } catch (error) {
      this.#failed("write", stored.siren, error);
      // Rather no copy than one that is older than the record.
      await this.#kv.delete(keyOf(stored.siren)).catch(() => null);
    }
  }

  /** Throws when the copy may still be there: the caller asked for it to go. */
  async forget(siren: string): Promise<void> {
    try {
      await cacheSpan("kv", "forget", async () => this.#kv.delete(keyOf(siren)));
    } catch (error) {
      throw new StorageUnavailable(error);
    }
  }

  #failed(operation: string, siren: string, error: unknown): void {
    this.#log.event("cache_level_failed", { layer: this.name, operation, siren, error: errorKind(error) });
  }
}

function keyOf(siren: string): string {
  return `company:v1:${siren}`;
}
