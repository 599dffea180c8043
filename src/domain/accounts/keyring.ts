/**
 * `jwt` signs access tokens, `secrets` encrypts second factors and webhook secrets, `commitments` keys hashes, `audit`
 * signs heads, `links` signs download links.
 */
export const KEY_PURPOSES = ["jwt", "secrets", "commitments", "audit", "links"] as const;
export type KeyPurpose = (typeof KEY_PURPOSES)[number];

/** An isolate knows of a new key this late at the latest, and signs with the one before till then. */
export const KEYRING_MEMORY_MS = 5 * 60_000;
/** No token of ours lives longer. */
export const ACCESS_LIFE_MS = 15 * 60_000;
/** This long after a `jwt` key was replaced nothing is left that it may have signed. */
export const JWT_GRACE_MS = ACCESS_LIFE_MS + KEYRING_MEMORY_MS;

export interface DataKey {
  /** Goes with whatever the key made, so that older things stay readable. */
  id: string;
  purpose: KeyPurpose;
  generation: number;
  /** 32 random bytes. */
  bytes: Uint8Array<ArrayBuffer>;
  createdAt: string;
  /** The earliest `createdAt` of a later generation; null: the newest. */
  replacedAt: string | null;
}

/** Throws `StorageUnavailable` when keys can't be read. */
export interface Keyring {
  /** The newest; created at first use. */
  current(purpose: KeyPurpose): Promise<DataKey>;
  /** null: no such key, or of another purpose. */
  find(purpose: KeyPurpose, id: string): Promise<DataKey | null>;
  /** Every generation, newest first; at least one. */
  all(purpose: KeyPurpose): Promise<DataKey[]>;
}
