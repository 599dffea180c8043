import { type IdentifierFault, parseSiren, passesLuhn, stripSeparators } from "./siren.ts";

export type ParsedSiret =
  | { ok: true; siret: string; siren: string; checksum: boolean }
  | { ok: false; fault: IdentifierFault };

const LA_POSTE = "356000000";
const LA_POSTE_HEAD_OFFICE = "35600000000048";

/** La Poste outgrew Luhn: its other establishments have a digit sum that 5 divides. */
function passesSiretChecksum(siret: string): boolean {
  if (!siret.startsWith(LA_POSTE) || siret === LA_POSTE_HEAD_OFFICE) return passesLuhn(siret);
  const sum = Array.from(siret, Number).reduce((total, digit) => total + digit, 0);
  return sum % 5 === 0;
}

/**
 * Reads a SIRET: SIREN + 5 digits. The SIREN part must be valid; a wrong check digit of the whole is only
 * reported (`checksum: false`), because the register itself holds such numbers.
 */
export function parseSiret(input: string): ParsedSiret {
  const digits = stripSeparators(input);
  if (!/^\d*$/.test(digits) || digits === "") return { ok: false, fault: "characters" };
  if (digits.length !== 14) return { ok: false, fault: "length" };
  const siren = parseSiren(digits.slice(0, 9));
  if (!siren.ok) return siren;
  return { ok: true, siret: digits, siren: siren.siren, checksum: passesSiretChecksum(digits) };
}
