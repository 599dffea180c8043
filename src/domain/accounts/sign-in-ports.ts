import type { AuditRecord } from "../audit/audit-record.ts";
import type { Plan, Role } from "./principal.ts";

/** Slow on purpose; times and memory are in the adapter. */
export interface PasswordHasher {
  hash(password: string): Promise<string>;
  /** `stored` null: the same work for the answer "no". `outdated`: hashed with other parameters than now. */
  verify(password: string, stored: string | null): Promise<{ ok: boolean; outdated: boolean }>;
}

export interface AccessClaims {
  userId: string;
  sessionId: string;
  organisationId: string;
}

/** Between the password and the second factor: void once the password changes. */
export interface MfaClaims {
  userId: string;
  organisationId: string;
  passwordChangedAt: string | null;
}

/** `now` in ms. What is no valid token of the kind reads as null. */
export interface AccountTokens {
  /** `expiresIn` in seconds. */
  issueAccessToken(claims: AccessClaims, now: number): Promise<{ accessToken: string; expiresIn: number }>;
  /** `expiresAt` in ms. */
  readAccessToken(token: string, now: number): Promise<(AccessClaims & { expiresAt: number }) | null>;
  /** 5 minutes. */
  issueMfaToken(claims: MfaClaims, now: number): Promise<string>;
  readMfaToken(token: string, now: number): Promise<MfaClaims | null>;
}

export interface Membership {
  organisationId: string;
  organisationName: string;
  /** The organisation demands a second factor. */
  mfaRequired: boolean;
  role: Role;
}

export interface UserAccount {
  id: string;
  email: string;
  name: string;
  passwordHash: string | null;
  passwordChangedAt: string | null;
  mfaEnabled: boolean;
  createdAt: string;
  /** Oldest organisation first. */
  memberships: Membership[];
  /** Signed in from the network asked about; false when none was. */
  knownNetwork: boolean;
}

export type UserKey = { email: string } | { userId: string };

export interface Registration {
  userId: string;
  email: string;
  name: string;
  passwordHash: string;
  organisationId: string;
  organisation: string;
  at: string;
}

/** Throws `StorageUnavailable`. */
export interface UserStore {
  /** E-mail addresses are compared in lower case. A network is known when a session was opened there after `since`. */
  find(key: UserKey, network?: { name: string; since: string }): Promise<UserAccount | null>;
  /** User, organisation and ownership at once. False: the address has an account already; nothing was written. */
  register(registration: Registration, record: AuditRecord): Promise<boolean>;
  /** The same password under other parameters; does nothing when the password changed meanwhile. */
  rehash(userId: string, change: { from: string; to: string }): Promise<void>;
  /** Ends every session but `keepSession`. False: the password changed meanwhile. */
  changePassword(
    change: { userId: string; from: string; to: string; at: string; keepSession: string },
    record: AuditRecord,
  ): Promise<boolean>;
}

export interface NewSession {
  id: string;
  userId: string;
  organisationId: string;
  mfa: boolean;
  /** As it was when the password was verified: a change since then refuses the session. */
  passwordChangedAt: string | null;
  network: string;
  userAgent: string | null;
  at: string;
  expiresAt: string;
  refreshHash: string;
}

export interface SessionOwner {
  sessionId: string;
  userId: string;
  organisationId: string;
}

/** What a signed-in person is allowed now, whatever the token said when it was made. */
export interface LiveSession extends SessionOwner {
  mfa: boolean;
  mfaEnabled: boolean;
  role: Role;
  plan: Plan;
  mfaRequired: boolean;
  organisationCreatedAt: string;
}

export interface SessionSummary {
  id: string;
  organisationId: string;
  mfa: boolean;
  network: string | null;
  userAgent: string | null;
  createdAt: string;
  lastUsedAt: string;
  expiresAt: string;
}

export type RevocationReason = "logout" | "revoked" | "refreshed_twice";

/** Throws `StorageUnavailable`. Sessions are those neither revoked nor expired at `at`. */
export interface SessionStore {
  /** False: no longer a member, or the password changed or a second factor was added meanwhile. */
  open(session: NewSession, record: AuditRecord): Promise<boolean>;
  /** Spends one token for another in one step. null: unknown, spent, or the session is over. */
  exchange(tokens: {
    hash: string;
    newHash: string;
    at: string;
    expiresAt: string;
    /** Sessions opened before are over, however much they are used. */
    openedSince: string;
  }): Promise<SessionOwner | null>;
  /** Whose token this is, if it was spent and its session is still open. */
  ownerOfSpent(hash: string): Promise<SessionOwner | null>;
  live(sessionId: string, at: string): Promise<LiveSession | null>;
  /** Newest first, those before `before`. */
  list(userId: string, page: { at: string; before: string | null; limit: number }): Promise<SessionSummary[]>;
  /** False: no such session of this user. */
  revoke(
    revoked: { sessionId: string; userId: string; at: string; reason: RevocationReason },
    record: AuditRecord,
  ): Promise<boolean>;
  revokeOthers(
    revoked: { sessionId: string; userId: string; at: string },
    record: AuditRecord,
  ): Promise<void>;
}
