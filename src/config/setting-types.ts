import { z } from "zod";

/** An empty setting counts as absent. */
export const optionalText = z
  .string()
  .optional()
  .transform((text) => (text === undefined || text.trim() === "" ? null : text.trim()));

function placeOf({ path, ...issue }: z.core.$ZodIssue): string {
  return [...path, ...(issue.code === "unrecognized_keys" ? issue.keys : [])].join(".");
}

export function json<Schema extends z.ZodType>(schema: Schema) {
  return optionalText.transform((text, context) => {
    if (text === null) return null;
    try {
      return schema.parse(JSON.parse(text));
    } catch (error) {
      const reason = error instanceof z.ZodError ? error.issues.map(placeOf).join(", ") : "";
      context.addIssue({ code: "custom", message: reason === "" ? "not JSON" : `wrong at ${reason}` });
      return z.NEVER;
    }
  });
}

/** Absent and empty mean the fallback. */
function number(bounds: { min: number; max: number }, fallback: number) {
  return optionalText
    .transform((text) => (text === null ? fallback : Number(text)))
    .pipe(z.number().min(bounds.min).max(bounds.max));
}

export function milliseconds(bounds: { min: number; max: number }, fallback: number) {
  return number(bounds, fallback).pipe(z.number().int());
}

export function share(fallback: number) {
  return number({ min: 0, max: 1 }, fallback);
}

export const onOff = optionalText.pipe(z.enum(["on", "off"]).nullable());
