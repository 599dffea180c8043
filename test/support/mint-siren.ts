import { passesLuhn } from "../../src/domain/companies/siren.ts";

function hash(text: string): number {
  let state = 0x811c9dc5;
  for (const character of text) state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return state >>> 0;
}

/** A valid SIREN of this seed's own: same seed, same SIREN. Never a reserved one. */
export function mintSiren(seed: string): string {
  const base = String(10_000_000 + (hash(seed) % 80_000_000));
  const digit = "0123456789".split("").find((one) => passesLuhn(base + one)) ?? "0";
  return base + digit;
}
