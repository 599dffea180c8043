/** Why an identifier was refused. */
export type IdentifierFault = "characters" | "length" | "zero" | "checksum";

export type ParsedSiren = { ok: true; siren: string } | { ok: false; fault: IdentifierFault };

const SEPARATORS = /[\s.\-\u00A0\u202F\u2007]/g;

/** What people paste: spaces of any kind, dots and dashes between the digits. */
export function stripSeparators(input: string): string {
  return input.replace(SEPARATORS, "");
}

/** Luhn check of a string of digits. */
export function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index++) {
    const digit = digits.charCodeAt(digits.length - 1 - index) - 48;
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/**
 * Reads a SIREN: 9 digits, Luhn, separators allowed. `000000000` passes Luhn and is nobody's.
 * Leading zeros are kept: a SIREN is text, not a number.
 */
export function parseSiren(input: string): ParsedSiren {
  const digits = stripSeparators(input);
  if (!/^\d*$/.test(digits) || digits === "") return { ok: false, fault: "characters" };
  if (digits.length !== 9) return { ok: false, fault: "length" };
  if (digits === "000000000") return { ok: false, fault: "zero" };
  return passesLuhn(digits) ? { ok: true, siren: digits } : { ok: false, fault: "checksum" };
}
