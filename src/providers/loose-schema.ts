import { z } from "zod";

/*
 * The scalars of the registers as they come: numbers written as strings, blanks, masks. Loose about scalars, strict
 * about structure: a string where an object belongs is a malformed answer, not a missing one.
 */

const MASK = /\[(?:NON-DIFFUSIBLE|ND)\]/i;

// oxlint-disable-next-line no-control-regex -- Postgres refuses NUL in text, and nobody means the others
const CONTROL = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/g;

/** Trimmed, well-formed text; null for blank text and for a value masked by the register. */
export function cleanText(raw: string | number | boolean | null | undefined): string | null {
  const text = String(raw ?? "")
    .replaceAll(CONTROL, " ")
    .toWellFormed()
    .trim();
  return text === "" || MASK.test(text) ? null : text;
}

/** A number, also from `"45.69"` or `"1 234,5"`; null when it is none. */
export function toNumber(raw: string | number | null | undefined): number | null {
  if (raw === null || raw === undefined) return null;
  if (typeof raw === "number") return Number.isFinite(raw) ? raw : null;
  const compact = raw.replaceAll(/\s/g, "").replace(",", ".");
  return /^[+-]?\d+(\.\d+)?$/.test(compact) ? Number(compact) : null;
}

export const looseText = z.union([z.string(), z.number(), z.boolean()]).nullish().transform(cleanText);

export const looseNumber = z.union([z.string(), z.number()]).nullish().transform(toNumber);

/** Head counts and years: a whole number of zero or more. */
export const looseCount = looseNumber.transform((value) => {
  const whole = value === null ? -1 : Math.round(value);
  return whole >= 0 && Number.isSafeInteger(whole) ? whole : null;
});

export const looseBoolean = z
  .union([z.boolean(), z.string(), z.number()])
  .nullish()
  .transform((raw) => {
    if (raw === null || raw === undefined || raw === "") return null;
    return raw === true || raw === 1 || /^(true|oui|o|1)$/i.test(String(raw));
  });
