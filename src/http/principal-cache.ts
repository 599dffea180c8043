import { hashApiKey, isApiKeyShape } from "../auth/api-key.ts";
import { type ApiKeyStore, authenticateKey } from "../domain/accounts/authenticate.ts";
import type { Principal } from "../domain/accounts/principal.ts";
import { Lru } from "../lib/lru.ts";

/** A revoked key works for at most this long. */
const KEEP_MS = 5_000;
const CAPACITY = 1_000;

/** Who a key belongs to, remembered by one isolate for 5 seconds. */
export class PrincipalCache {
  readonly #keys: ApiKeyStore;
  readonly #now: () => number;
  readonly #known = new Lru<Principal>(CAPACITY);

  constructor(keys: ApiKeyStore, now: () => number) {
    this.#keys = keys;
    this.#now = now;
  }

  /** Answers from memory only. */
  peek(key: string): Principal | undefined {
    return this.#known.get(key, this.#now());
  }

  /** null: not a key, or one that is unknown, expired or revoked. */
  async find(key: string): Promise<Principal | null> {
    const known = this.peek(key);
    if (known !== undefined) return known;
    if (!isApiKeyShape(key)) return null;
    const principal = await authenticateKey({ keys: this.#keys, now: this.#now }, await hashApiKey(key));
    if (principal !== null) this.#known.set(key, principal, this.#now() + KEEP_MS);
    return principal;
  }
}

/** The token of `Authorization: Bearer …`, null when there is none. */
export function bearerToken(header: string | null): string | null {
  if (header === null || header.slice(0, 7).toLowerCase() !== "bearer ") return null;
  const token = header.slice(7).trim();
  return token === "" ? null : token;
}
