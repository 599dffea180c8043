import type { StoredCompany } from "../domain/enrichment/stored-company.ts";
import { Lru } from "../lib/lru.ts";
import type { IsolateLayer } from "../storage/cache/isolate-layer.ts";

/** The body as text, or as the bytes it will be sent as. */
export interface CachedResponse<Body extends string | Uint8Array = string> {
  body: Body;
  etag: string;
}

interface Entry extends CachedResponse<Uint8Array> {
  organisationId: string;
  siren: string;
  /** The copy it was made from: when the isolate holds another one, the entry is void. */
  from: StoredCompany;
}

const KEEP_MS = 30_000;
const CAPACITY = 1_000;
const encoder = new TextEncoder();

/** Finished answers of one isolate, per organisation and URL. */
export class ResponseCache {
  readonly #copies: IsolateLayer;
  readonly #now: () => number;
  readonly #entries = new Lru<Entry>(CAPACITY);

  constructor(copies: IsolateLayer, now: () => number) {
    this.#copies = copies;
    this.#now = now;
  }

  get(organisationId: string, url: string): CachedResponse<Uint8Array> | undefined {
    const entry = this.#entries.get(`${organisationId} ${url}`, this.#now());
    return entry !== undefined && this.#copies.peek(entry.siren) === entry.from ? entry : undefined;
  }

  /** Keeps an answer as long as the company's copy in this isolate stays the one it was made from. */
  set(place: { organisationId: string; url: string; siren: string }, response: CachedResponse): void {
    const from = this.#copies.peek(place.siren);
    if (from === undefined) return;
    const { organisationId, url, siren } = place;
    const entry = { body: encoder.encode(response.body), etag: response.etag, organisationId, siren, from };
    this.#entries.set(`${organisationId} ${url}`, entry, this.#now() + KEEP_MS);
  }

  /** To be called when what this organisation alone sees of a company has changed: its contacts. */
  forget(organisationId: string, siren: string): void {
    this.#entries.deleteWhere((entry) => entry.organisationId === organisationId && entry.siren === siren);
  }
}
