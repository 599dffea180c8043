import type { Principal } from "./principal.ts";

export interface StoredKey {
  principal: Principal;
  expiresAt: string | null;
  revokedAt: string | null;
}

export interface ApiKeyStore {
  findByHash(hash: string): Promise<StoredKey | null>;
}

/** The principal of a key, or null when the key is unknown, expired or revoked. */
export async function authenticateKey(
  deps: { keys: ApiKeyStore; now: () => number },
  hash: string,
): Promise<Principal | null> {
  const key = await deps.keys.findByHash(hash);
  if (key === null || key.revokedAt !== null) return null;
  if (key.expiresAt !== null && Date.parse(key.expiresAt) <= deps.now()) return null;
  return key.principal;
}
