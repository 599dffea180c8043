import { departementName } from "../companies/departement.ts";
import { REGIONS } from "../companies/departement-table.ts";
import { normaliseNaf } from "../companies/naf.ts";
import { foldText } from "../../lib/fold-text.ts";
import { cityKeyOf } from "./company-order.ts";

const MAX_NAME = 100;
const EARLIEST_YEAR = 1900;
const LATEST_YEAR = 2999;
const NAF_PREFIX = /^(\d{2})(?:\.?(\d{1,2}))?$/;
const REGION_CODES = new Map([...REGIONS].map(([code, name]) => [foldText(name), code]));

/** As `ville_cle` of the companies; null: no name of a city. */
export function readCity(text: string): string | null {
  return text.length > MAX_NAME ? null : cityKeyOf(text) || null;
}

export function readPostalCode(text: string): string | null {
  return /^\d{5}$/.test(text) ? text : null;
}

/** `1`, `01`, `2a`, `971`; null: no department of INSEE's. */
export function readDepartement(text: string): string | null {
  const code = /^\d$/.test(text) ? `0${text}` : text.toUpperCase();
  return departementName(code) === null ? null : code;
}

/** A region by its INSEE code or its name, however it is written. */
export function readRegion(text: string): string | null {
  if (REGIONS.has(text)) return text;
  return text.length > MAX_NAME ? null : (REGION_CODES.get(foldText(text)) ?? null);
}

/** A NAF code of any level, with its dot: `2562b` is `25.62B`, `256` is `25.6`, `c` is `C`. */
export function readNaf(text: string): string | null {
  const whole = normaliseNaf(text);
  if (whole !== null) return whole.code;
  if (/^[A-Va-v]$/.test(text)) return text.toUpperCase();
  const [, division, rest] = NAF_PREFIX.exec(text) ?? [];
  if (division === undefined) return null;
  return rest === undefined ? division : `${division}.${rest}`;
}

export function readLegalForm(text: string): string | null {
  return /^(?:\d{1,2}|\d{4})$/.test(text) ? text : null;
}

/** What a name is searched by; null: nothing is left of it, or it is too long. */
export function readQuery(text: string): string | null {
  return text.length > MAX_NAME ? null : foldText(text) || null;
}

const MOMENT = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2}))?$/;

/** A day (its beginning in UTC) or an RFC 3339 moment, as UTC; null: neither, or not of these centuries. */
export function readMoment(text: string): string | null {
  const spelt = text.toUpperCase();
  if (!MOMENT.test(spelt)) return null;
  const [year = 0, month = 0, day = 0] = spelt.slice(0, 10).split("-").map(Number);
  // Date rolls over what no month has.
  if (new Date(Date.UTC(year, month - 1, day)).getUTCDate() !== day) return null;
  const moment = new Date(spelt);
  if (Number.isNaN(moment.getTime())) return null;
  const found = moment.getUTCFullYear();
  return found < EARLIEST_YEAR || found > LATEST_YEAR ? null : moment.toISOString();
}
