import type { CompanyCacheLayer } from "../../domain/enrichment/ports.ts";
import { isKnown, isOlderCopy, type StoredCompany } from "../../domain/enrichment/stored-company.ts";
import { Lru } from "../../lib/lru.ts";

const HOT_MS = 30_000;
const CAPACITY = 200;

/** Copies in the memory of one isolate: plain data only, shared by its requests, at most 30 s old. */
export class IsolateLayer implements CompanyCacheLayer {
  readonly name = "isolate";
  readonly #copies = new Lru<StoredCompany>(CAPACITY);
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  peek(siren: string): StoredCompany | undefined {
    return this.#copies.get(siren, this.#now());
  }

  async read(siren: string): Promise<StoredCompany | null> {
    return this.peek(siren) ?? null;
  }

  /** A company nobody knows is left to the other levels: here it would hide one that was just found. */
  async write(stored: StoredCompany): Promise<void> {
    const held = this.peek(stored.siren);
    // A slow reader may bring an older copy after a refresh brought a newer one.
    if (held !== undefined && isOlderCopy(stored, held)) return;
    if (isKnown(stored)) this.#copies.set(stored.siren, stored, this.#now() + HOT_MS);
    else this.#copies.delete(stored.siren);
  }

  async forget(siren: string): Promise<void> {
    this.#copies.delete(siren);
  }
}
