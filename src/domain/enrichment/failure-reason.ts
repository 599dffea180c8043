import { z } from "zod";

/** Why a source could not be asked, or did not answer. */
export const FailureReason = z.enum([
  "busy", // 429, or our own rate gate
  "unavailable", // 5xx, connection refused
  "timeout",
  "malformed", // an answer that does not parse
  "rejected", // another 4xx: our request is wrong
  "invalid_key",
  "quota_exhausted", // the key is good, its credits are spent
  "circuit_open", // it failed too often: left alone for half a minute
  "not_configured",
  "linkedin_profile_required",
  "budget_reached", // the payer's own: nothing was asked
]);

export type FailureReason = z.infer<typeof FailureReason>;
