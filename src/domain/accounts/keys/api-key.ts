import type { Plan, Principal } from "../principal.ts";

export type KeyMode = "live" | "test";

/** A key as it may be shown: neither the secret nor its hash. Instants are RFC 3339. */
export interface ApiKey {
  id: string;
  name: string;
  /** The first characters of the key, to recognise it by. */
  prefix: string;
  scopes: string[];
  mode: KeyMode;
  /** A user; null for keys that no person made. */
  createdBy: string | null;
  createdAt: string;
  /** To the hour. */
  lastUsedAt: string | null;
  expiresAt: string | null;
  revokedAt: string | null;
  /** The key that a rotation put in its place. */
  replacedBy: string | null;
}

/**
 * Keys in use at once, by plan: each has its own rate limit. Those that a rotation replaced count apart, and live
 * keys of both kinds are never more than twice this.
 */
export const KEY_CAPS: Record<Plan, number> = { free: 5, pro: 20, enterprise: 100, admin: 1_000 };

/** Whether it is in use: a key that was replaced still opens routes until it expires, and can't be rotated again. */
export function isInUse(key: ApiKey, now: number): boolean {
  const expired = key.expiresAt !== null && Date.parse(key.expiresAt) <= now;
  return key.revokedAt === null && key.replacedBy === null && !expired;
}

/** Scopes that this person can't give, having none himself. */
export function scopesBeyond(actor: Principal, scopes: readonly string[]): string[] {
  return scopes.filter((scope) => !actor.scopes.has(scope));
}
