import type { StoredCompany } from "../domain/enrichment/stored-company.ts";
import { Lru } from "../lib/lru.ts";
import type { IsolateLayer } from "../storage/cache/isolate-layer.ts";

export interface CachedResponse {
  body: string;
  etag: string;
}

interface Entry extends CachedResponse {
  siren: string;
  /** The copy it was made from: when the isolate holds another one, the entry is void. */
  from: StoredCompany;
}

const KEEP_MS = 30_000;
const CAPACITY = 1_000;

/** Finished answers of one isolate, per organisation and URL. */
export class ResponseCache {
  readonly #copies: IsolateLayer;
  readonly #now: () => number;
  readonly #entries = new Lru<Entry>(CAPACITY);

  constructor(copies: IsolateLayer, now: () => number) {
    this.#copies = copies;
    this.#now = now;
  }

  get(organisationId: string, url: string): CachedResponse | undefined {
    const entry = this.#entries.get(`${organisationId} ${url}`, this.#now());
    return entry !== undefined && this.#copies.peek(entry.siren) === entry.from ? entry : undefined;
  }

  /** Keeps an answer as long as the company's copy in this isolate stays the one it was made from. */
  set(place: { organisationId: string; url: string; siren: string }, response: CachedResponse): void {
    const from = this.#copies.peek(place.siren);
    if (from === undefined) return;
    const entry = { ...response, siren: place.siren, from };
    this.#entries.set(`${place.organisationId} ${place.url}`, entry, this.#now() + KEEP_MS);
  }
}
