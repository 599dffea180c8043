import type { AuditRecord } from "../../audit/audit-record.ts";

export interface SecondFactor {
  email: string;
  /** null: none was ever set up, or it was given up. */
  sealedSecret: string | null;
  /** null: its secret was given out, no code of it was seen yet. */
  confirmedAt: string | null;
  backupCodesLeft: number;
  /** An organisation of this person demands one. */
  required: boolean;
  /** Signed in from the asking network before. */
  knownNetwork: boolean;
}

/** A secret as the caller read it: what is done, is done only while it is still the person's. */
export interface SeenSecret {
  userId: string;
  sealedSecret: string;
}

/** Throws `StorageUnavailable`. Of two calls that spend the same code, one is true. */
export interface TwoFactorStore {
  /** A network counts as known when a session was opened from it after `since`. null: no such account. */
  find(userId: string, network: { name: string; since: string }): Promise<SecondFactor | null>;
  /** Puts a secret in the place of an unconfirmed one. false: one is confirmed. */
  begin(seen: SeenSecret): Promise<boolean>;
  /**
   * Spends the step of the first code and confirms the secret. The session then counts as one with a second factor; all
   * others of the person end, as they were opened without.
   */
  confirm(code: SeenSecret & { step: number; sessionId: string }, record: AuditRecord): Promise<boolean>;
  /** Spends a time step and all before it. false: spent already. */
  spendStep(code: SeenSecret & { step: number }): Promise<boolean>;
  /** `hashes`: one code under every key. false: no such code, or spent. */
  spendBackupCode(userId: string, hashes: string[], record: AuditRecord): Promise<boolean>;
  /** In the place of all earlier ones. */
  replaceBackupCodes(seen: SeenSecret, hashes: string[], record: AuditRecord): Promise<boolean>;
  /** Drops secret and backup codes. false: an organisation demands a second factor by now. */
  disable(seen: SeenSecret, record: AuditRecord): Promise<boolean>;
}

/** Secrets and codes, as the mechanisms make and check them. Secrets are base32 text. */
export interface FactorMechanism {
  newSecret(): string;
  seal(secret: string, userId: string): Promise<string>;
  open(seen: SeenSecret): Promise<string>;
  /** The time step of a code that is good at `now` (ms), give or take one; null: none. */
  stepOf(code: { secret: string; code: string; now: number }): Promise<number | null>;
  newBackupCode(): string;
  /** What is stored of a backup code. */
  commit(userId: string, backupCode: string): Promise<string>;
  /** Under every key that was ever in use. */
  everyCommitment(userId: string, backupCode: string): Promise<string[]>;
}
