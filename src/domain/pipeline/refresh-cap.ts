import type { Plan } from "../accounts/principal.ts";

/**
 * Watched companies that are refreshed for one organisation in one night. The free sources take a few requests a second
 * from all of us together: without a cap the largest lists, which cost their owner nothing, would take every night whole.
 */
export const REFRESH_CAP: Record<Plan, number> = {
  free: 100,
  pro: 1_000,
  enterprise: 10_000,
  admin: 10_000,
};
