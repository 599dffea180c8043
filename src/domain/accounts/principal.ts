export type Plan = "free" | "pro" | "enterprise" | "admin";

export const SCOPES = ["enrich:write", "companies:read", "scoring:read"] as const;
export type Scope = (typeof SCOPES)[number];

/** Who is calling, as proved by a credential. */
export interface Principal {
  organisationId: string;
  keyId: string;
  plan: Plan;
  mode: "live" | "test";
  scopes: ReadonlySet<string>;
}
