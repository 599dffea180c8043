/** `jwt` signs access tokens, `secrets` encrypts second factors, `commitments` keys hashes, `audit` signs heads. */
export const KEY_PURPOSES = ["jwt", "secrets", "commitments", "audit"] as const;
export type KeyPurpose = (typeof KEY_PURPOSES)[number];

export interface DataKey {
  /** Goes with whatever the key made, so that older things stay readable. */
  id: string;
  purpose: KeyPurpose;
  generation: number;
  /** 32 random bytes. */
  bytes: Uint8Array<ArrayBuffer>;
  createdAt: string;
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
