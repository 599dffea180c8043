import type { Plan, Principal } from "../accounts/principal.ts";
import type { LimitOverrides } from "./limit-overrides.ts";
import { POLICIES, type PolicyName } from "./limit-table.ts";
import type { LimitWindow } from "./sliding-window.ts";

/** Who is counted: a key or a person, or the network of an address (null: unknown, shared by all such). */
export type Caller =
  | Pick<Principal, "organisationId" | "actor" | "plan" | "since">
  | { address: string | null };

const PLAN_FACTOR: Record<Plan, number> = { free: 1, pro: 10, enterprise: 100, admin: 1_000 };
const GRACE_FACTOR = 2;
const GRACE_MS = 7 * 86_400_000;

/** Until when an organisation has the limits of a young one, ms. */
export function graceEnd({ since }: Pick<Principal, "since">): number {
  return since + GRACE_MS;
}

function limitOf(name: PolicyName, caller: Caller, at: { overrides: LimitOverrides; now: number }): number {
  const { overrides } = at;
  const base = overrides.policies[name]?.limit ?? POLICIES[name].limit;
  if ("address" in caller || !POLICIES[name].scaled) return base;
  const own = overrides.organisations[caller.organisationId]?.[name]?.limit;
  if (own !== undefined) return own;
  return base * PLAN_FACTOR[caller.plan] * (at.now < graceEnd(caller) ? GRACE_FACTOR : 1);
}

/** What a caller may do under a policy: what its organisation was given, or the base times its plan and its grace. */
export function effectiveLimit(
  name: PolicyName,
  caller: Caller,
  at: { overrides: LimitOverrides; now: number },
): LimitWindow {
  const { windowMs, burstShare } = POLICIES[name];
  const limit = limitOf(name, caller, at);
  return { policy: name, limit, windowMs, burst: Math.floor(limit * burstShare) };
}
