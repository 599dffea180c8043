/**
 * The French VAT number a SIREN would have: a two-digit key, then the SIREN.
 * It proves no registration: a company may not be subject to VAT at all.
 */
export function vatNumberOfSiren(siren: string): string {
  const key = (12 + 3 * (Number(siren) % 97)) % 97;
  return `FR${String(key).padStart(2, "0")}${siren}`;
}
