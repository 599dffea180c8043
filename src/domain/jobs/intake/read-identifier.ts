import { parseSiren, stripSeparators } from "../../companies/siren.ts";
import { parseSiret } from "../../companies/siret.ts";

/** Why a row names no company. */
export const ROW_FAULTS = ["empty", "not_a_siren", "check_digit", "scientific_notation"] as const;
export type RowFault = (typeof ROW_FAULTS)[number];

/** What was mended, or is odd, in a row that names one. */
export const ROW_REMARKS = ["leading_zero_restored", "siret_check_digit"] as const;
export type RowRemark = (typeof ROW_REMARKS)[number];

export type ReadIdentifier =
  | { ok: true; siren: string; remark: RowRemark | null }
  | { ok: false; fault: RowFault };

const SIREN_DIGITS = 9;
const SIRET_DIGITS = 14;
/** Of the zeros that a spreadsheet drops; no SIREN in use begins with three. */
const MOST_LOST_ZEROS = 2;
/** What a spreadsheet makes of a long number: digits are gone for good. */
const SCIENTIFIC = /^\d(?:[.,]\d+)?e\+?\d+$/i;
/** What exports put around a number to keep it text (`="552032534"`, `'552032534`), and a decimal part of nothing. */
const WRAPPING = /^(?:=?"|[='])|"$|[.,]0{1,2}$/g;

function fault(reason: RowFault): ReadIdentifier {
  return { ok: false, fault: reason };
}

function readSiren(digits: string): ReadIdentifier {
  const parsed = parseSiren(digits.padStart(SIREN_DIGITS, "0"));
  if (!parsed.ok) return fault(parsed.fault === "checksum" ? "check_digit" : "not_a_siren");
  const remark = digits.length < SIREN_DIGITS ? "leading_zero_restored" : null;
  return { ok: true, siren: parsed.siren, remark };
}

/** A SIRET counts as mended only when its own check digit agrees: the zeros are a guess. */
function readSiret(digits: string): ReadIdentifier {
  const parsed = parseSiret(digits.padStart(SIRET_DIGITS, "0"));
  if (!parsed.ok) return fault(parsed.fault === "checksum" ? "check_digit" : "not_a_siren");
  const mended = digits.length < SIRET_DIGITS;
  if (!parsed.checksum && mended) return fault("check_digit");
  if (!parsed.checksum) return { ok: true, siren: parsed.siren, remark: "siret_check_digit" };
  return { ok: true, siren: parsed.siren, remark: mended ? "leading_zero_restored" : null };
}

/** Reads a cell as a SIREN, or a SIRET for its SIREN, as people and spreadsheets write them. */
export function readIdentifier(cell: string): ReadIdentifier {
  const text = cell.trim();
  if (text === "") return fault("empty");
  if (SCIENTIFIC.test(text)) return fault("scientific_notation");
  const digits = stripSeparators(text.replace(WRAPPING, ""));
  if (!/^\d+$/.test(digits)) return fault("not_a_siren");
  const { length } = digits;
  if (length <= SIREN_DIGITS && length >= SIREN_DIGITS - MOST_LOST_ZEROS) return readSiren(digits);
  if (length <= SIRET_DIGITS && length >= SIRET_DIGITS - MOST_LOST_ZEROS) return readSiret(digits);
  return fault("not_a_siren");
}
