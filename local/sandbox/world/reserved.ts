import { RESERVED_SIRENS } from "../../../src/domain/companies/reserved-sirens.ts";

export type ReservedOutcome = keyof typeof RESERVED_SIRENS;

const NAMES: readonly ReservedOutcome[] = [
  "not_found",
  "partial",
  "rate_limited",
  "unavailable",
  "slow",
  "malformed",
  "no_credits",
  "confidential_accounts",
  "partial_diffusion",
];

const BY_SIREN = new Map<string, ReservedOutcome>(NAMES.map((name) => [RESERVED_SIRENS[name], name]));

export function reservedOutcomeOf(siren: string): ReservedOutcome | null {
  return BY_SIREN.get(siren) ?? null;
}
