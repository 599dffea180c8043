/**
 * Synthetic SIRENs, valid by check digit, one per outcome a client must handle.
 * The local provider sandbox answers them as their names say, whatever the source.
 */
export const RESERVED_SIRENS = {
  not_found: "999000003",
  /** Pappers answers 206: found, a part did not come in time. */
  partial: "999000011",
  /** 429 with `Retry-After`. */
  rate_limited: "999000029",
  unavailable: "999000037",
  slow: "999000045",
  malformed: "999000052",
  /** Pappers: the key is good, its credits are spent. */
  no_credits: "999000060",
  confidential_accounts: "999000078",
  partial_diffusion: "999000086",
} as const;
