import type { Plan } from "../accounts/principal.ts";

/** The most that an organisation may spend on paid calls, in euro cents a month; null: no limit. */
export const PLAN_BUDGET_CENTS: Record<Plan, number | null> = {
  free: 500,
  pro: 50_000,
  enterprise: 500_000,
  admin: null,
};

/** What it set itself, never more than its plan allows; null: no limit. */
export function budgetCents(plan: Plan, own: number | null): number | null {
  const most = PLAN_BUDGET_CENTS[plan];
  return own === null || most === null ? (own ?? most) : Math.min(own, most);
}
