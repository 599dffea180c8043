/**
 * Synthetic SIRENs, valid by check digit, one per outcome a client must handle.
 * The local provider sandbox answers them as their names say, whatever the source; so does a test key.
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
  /** Every source knows it, and nothing is missing. */
  complete: "999000094",
} as const;

export type ReservedOutcome = keyof typeof RESERVED_SIRENS;

const BY_SIREN = new Map<string, string>(
  Object.entries(RESERVED_SIRENS).map(([name, siren]) => [siren, name]),
);

function isOutcome(name: string | undefined): name is ReservedOutcome {
  return name !== undefined && Object.hasOwn(RESERVED_SIRENS, name);
}

/** null: an ordinary SIREN. */
export function reservedOutcomeOf(siren: string): ReservedOutcome | null {
  const name = BY_SIREN.get(siren);
  return isOutcome(name) ? name : null;
}
