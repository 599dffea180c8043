import type { StoredCompany } from "../domain/enrichment/stored-company.ts";
import { Lru } from "../lib/lru.ts";

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

/** The copies that this isolate holds right now. */
interface HeldCopies {
  peek(siren: string): StoredCompany | undefined;
}

const KEEP_MS = 30_000;
/** 400 bodies of at most 64 KiB: 25 MB of the isolate's 128. */
const CAPACITY = 400;
const MAX_BODY = 64 * 1024;
const encoder = new TextEncoder();

/** Finished answers of one isolate, per organisation and URL. */
export class ResponseCache {
  readonly #copies: HeldCopies;
  readonly #now: () => number;
  readonly #entries = new Lru<Entry>(CAPACITY);

  constructor(copies: HeldCopies, now: () => number) {
    this.#copies = copies;
    this.#now = now;
  }

  get(organisationId: string, url: string): CachedResponse<Uint8Array> | undefined {
    const entry = this.#entries.get(`${organisationId} ${url}`, this.#now());
    return entry !== undefined && this.#copies.peek(entry.siren) === entry.from ? entry : undefined;
  }

  /** Keeps an answer made from `from`, as long as that stays the copy this isolate holds. */
  set(
    place: { organisationId: string; url: string; siren: string; from: StoredCompany },
    response: CachedResponse,
  ): void {
    const { organisationId, url, siren, from } = place;
    if (this.#copies.peek(siren) !== from || response.body.length > MAX_BODY) return;
    const entry = { body: encoder.encode(response.body), etag: response.etag, organisationId, siren, from };
    this.#entries.set(`${organisationId} ${url}`, entry, this.#now() + KEEP_MS);
  }

  /** To be called when what this organisation alone sees of a company has changed: its contacts. */
  forget(organisationId: string, siren: string): void {
    this.#entries.deleteWhere((entry) => entry.organisationId === organisationId && entry.siren === siren);
  }
}
