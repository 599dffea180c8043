import { passesLuhn } from "../../../src/domain/companies/siren.ts";

/** Completes digits with the one that makes them pass the Luhn check. */
export function withCheckDigit(digits: string): string {
  for (let digit = 0; digit <= 9; digit++) {
    if (passesLuhn(digits + digit)) return digits + digit;
  }
  return digits;
}

/** The nth establishment of a company: `91234567500017` is the first of 912345675. */
export function siretOf(siren: string, rank: number): string {
  return withCheckDigit(siren + String(rank).padStart(4, "0"));
}

export function vatNumberOf(siren: string): string {
  const key = (12 + 3 * (Number(siren) % 97)) % 97;
  return `FR${String(key).padStart(2, "0")}${siren}`;
}

/** "912345675" → "912 345 675" */
export function spacedSiren(siren: string): string {
  return siren.replace(/(\d{3})(?=\d)/g, "$1 ");
}
