import type { ActContext, AuditRecord } from "../../audit/audit-record.ts";
import type { ApiKeyStore } from "../authenticate.ts";
import type { Authority } from "../authority.ts";
import type { MemberStore } from "../organisation/ports.ts";
import type { Principal } from "../principal.ts";
import type { ApiKey, KeyMode } from "./api-key.ts";

/** A key that was just made: `key` is shown once, the rest is kept. */
export interface MintedKey {
  key: string;
  prefix: string;
  hash: string;
}

export type MintKey = (mode: KeyMode) => Promise<MintedKey>;

export interface KeyCreation {
  id: string;
  organisationId: string;
  name: string;
  scopes: string[];
  mode: KeyMode;
  by: Authority;
  /** RFC 3339. */
  at: string;
  expiresAt: string | null;
  minted: MintedKey;
}

export interface KeyRotation {
  /** The key that goes. */
  id: string;
  organisationId: string;
  newId: string;
  by: Authority;
  /** RFC 3339. */
  at: string;
  /** When the old key stops, unless it would have stopped before. */
  until: string;
  minted: MintedKey;
}

/**
 * Each change writes its audit record in the same statement, and is not done either when whoever acts may no longer.
 * Throws `StorageUnavailable`.
 */
export interface KeyStore extends ApiKeyStore {
  /** Newest first; `before`: an id, for what follows it. */
  list(organisationId: string, page: { limit: number; before: string | null }): Promise<ApiKey[]>;
  find(organisationId: string, id: string): Promise<ApiKey | null>;
  /** false: the plan allows no more keys. */
  create(creation: KeyCreation, record: AuditRecord): Promise<boolean>;
  /** null: there is no such key. */
  rename(change: { id: string; name: string }, by: Authority, record: AuditRecord): Promise<ApiKey | null>;
  /** false: the key is not in use, or the plan allows no more keys. Of concurrent ones, one is true. */
  rotate(rotation: KeyRotation, record: AuditRecord): Promise<boolean>;
  /** false: there is no such key, or it is revoked already. */
  revoke(id: string, by: Authority, record: AuditRecord): Promise<boolean>;
}

export interface KeyDeps {
  keys: KeyStore;
  members: Pick<MemberStore, "find">;
  mint: MintKey;
}

/** Who acts, and from where. */
export interface KeyActor {
  principal: Principal;
  context: ActContext;
}
