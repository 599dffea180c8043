import { z } from "zod";
import type { Refusal } from "./refusal.ts";

export const Field = z.strictObject({
  type: z.enum(["singleLineText", "number", "date", "dateTime", "singleSelect"]),
  /** Of a `singleSelect`. */
  choices: z.array(z.string()).default([]),
  /** A `singleSelect` that takes no new choice, typecast or not. */
  locked: z.boolean().default(false),
});
export type Field = z.infer<typeof Field>;

export type CellValue = string | number;

type Cast = { ok: true; value: CellValue } | { ok: false; refusal: Refusal };

function isDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
}

function asNumber(given: CellValue, typecast: boolean): number | null {
  if (typeof given === "number") return given;
  return typecast && /^-?\d+(\.\d+)?$/.test(given.trim()) ? Number(given) : null;
}

/** null: the field does not take it. */
function converted(field: Field, given: CellValue, typecast: boolean): CellValue | null {
  if (field.type === "number") return asNumber(given, typecast);
  if (field.type === "singleLineText" || field.type === "singleSelect")
    return typeof given === "string" || typecast ? String(given) : null;
  const isMoment = field.type === "date" ? isDate : (text: string) => !Number.isNaN(Date.parse(text));
  return typeof given === "string" && isMoment(given) ? given : null;
}

/** The value as the field keeps it. A choice that is new to the field is not added here. */
export function cast(name: string, field: Field, given: { value: unknown; typecast: boolean }): Cast {
  const { value, typecast } = given;
  const known = typeof value === "string" || typeof value === "number" ? value : null;
  const kept = known === null ? null : converted(field, known, typecast);
  if (kept === null) {
    const message = `Field "${name}" cannot accept the provided value`;
    return { ok: false, refusal: { status: 422, type: "INVALID_VALUE_FOR_COLUMN", message } };
  }
  const isNew = field.type === "singleSelect" && !field.choices.includes(String(kept));
  if (isNew && (field.locked || !typecast)) {
    const message = `Insufficient permissions to create new select option "${kept}"`;
    return { ok: false, refusal: { status: 422, type: "INVALID_MULTIPLE_CHOICE_OPTIONS", message } };
  }
  return { ok: true, value: kept };
}
