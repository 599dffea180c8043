import type { Plan } from "../accounts/principal.ts";

/** Euro cents a month for paid calls, where the organisation has no budget of its own; null: no limit. */
export const PLAN_BUDGET_CENTS: Record<Plan, number | null> = {
  free: 500,
  pro: 50_000,
  enterprise: 500_000,
  admin: null,
};
