import { reservedOutcomeOf } from "../companies/reserved-sirens.ts";
import { SirenNotReserved } from "../enrichment/synthetic/errors.ts";
import type { Owner } from "./ports.ts";

/** A test key works with the reserved companies only. Throws `SirenNotReserved`. */
export function ensureCompanyOfMode(mode: Owner["mode"], sirens: readonly string[]): void {
  if (mode === "live") return;
  if (sirens.some((siren) => reservedOutcomeOf(siren) === null)) throw new SirenNotReserved();
}
