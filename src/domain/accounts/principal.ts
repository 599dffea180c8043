export type Plan = "free" | "pro" | "enterprise" | "admin";

/** What a key can be given; `operations:write` opens nothing outside the operator's own organisations. */
export const KEY_SCOPES = [
  "enrich:write",
  "companies:read",
  "scoring:read",
  "exports:write",
  "pipeline:write",
  "usage:read",
  "audit:read",
  "webhooks:write",
  "operations:write",
] as const;

/** What only a person who signed in can do: whoever holds one of these can give himself the others. */
export const PERSONAL_SCOPES = ["keys:write", "members:write", "organisation:write"] as const;

export type KeyScope = (typeof KEY_SCOPES)[number];
export type Scope = KeyScope | (typeof PERSONAL_SCOPES)[number];

export const ROLES = ["owner", "admin", "analyst", "viewer", "auditor"] as const;
export type Role = (typeof ROLES)[number];

const READING: Scope[] = ["companies:read", "scoring:read"];
const WORKING: Scope[] = ["enrich:write", ...READING, "exports:write", "pipeline:write", "usage:read"];

/** An auditor sees what was done, and does nothing. Owners alone make and unmake owners. */
export const ROLE_SCOPES: Record<Role, readonly Scope[]> = {
  owner: [...KEY_SCOPES, ...PERSONAL_SCOPES],
  admin: [...KEY_SCOPES, ...PERSONAL_SCOPES],
  analyst: WORKING,
  viewer: READING,
  auditor: ["audit:read", "usage:read"],
};

/** Of a person who signed in. */
export interface Session {
  id: string;
  userId: string;
  role: Role;
  /** Signed in with a second factor. */
  mfa: boolean;
  /** The organisation demands a second factor and this person has none yet: only enrolling is open. */
  mustEnrol: boolean;
}

/** Who is calling, as proved by a credential. */
export interface Principal {
  organisationId: string;
  /** The key or the person: limits and the audit count by it. */
  actor: { kind: "key" | "user"; id: string };
  plan: Plan;
  mode: "live" | "test";
  scopes: ReadonlySet<string>;
  /** When the organisation was created, ms: young ones have a grace on limits. */
  since: number;
  session: Session | null;
}
