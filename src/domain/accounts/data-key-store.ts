import type { AuditRecord } from "../audit/audit-record.ts";
import type { KeyPurpose } from "./keyring.ts";

/** A data key as it is stored: useless without the master key that its wrapping names. */
export interface WrappedKey {
  id: string;
  purpose: KeyPurpose;
  generation: number;
  /** `<master key id>:<nonce and ciphertext, base64url>`. */
  wrapped: string;
  createdAt: string;
}

/** Throws `StorageUnavailable`. */
export interface DataKeyStore {
  /** Oldest first. */
  list(): Promise<WrappedKey[]>;
  /** False: that generation exists already. */
  add(key: WrappedKey, record: AuditRecord | null): Promise<boolean>;
  /** False: somebody else wrapped it again meanwhile. */
  rewrap(id: string, change: { from: string; to: string }, record: AuditRecord): Promise<boolean>;
}

/** Wraps with the first master key, opens with whichever is named. */
export interface KeyWrapper {
  wrap(key: Pick<WrappedKey, "id" | "purpose">, bytes: Uint8Array<ArrayBuffer>): Promise<string>;
  /** null: the master key is not among ours, or the wrapping was tampered with. */
  unwrap(key: WrappedKey): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Wrapped with the master key that new keys get. */
  isCurrent(wrapped: string): boolean;
}
