import { z } from "zod";
import { jsonOf } from "../http.ts";

/**
 * A sub-object of a notice: usually JSON inside a string, at times already an object, at times plain prose.
 * Nothing in it is worth refusing the notice for.
 */
export const embedded = z
  .unknown()
  .optional()
  .transform((raw): unknown => (typeof raw === "string" ? (jsonOf(raw) ?? raw) : (raw ?? null)));

/** A sub-object read with a schema; null when it is absent or of another shape. The first one of an array. */
export function embeddedAs<T>(schema: z.ZodType<T>) {
  return embedded.transform((value): T | null => {
    const one: unknown = Array.isArray(value) ? value[0] : value;
    const parsed = schema.safeParse(one);
    return parsed.success ? parsed.data : null;
  });
}

/** Deeper than any notice; hostile nesting stops here instead of exhausting the stack. */
const MAX_DEPTH = 12;

/** Every text inside a value, whatever its shape: notices put the same sentence at different depths. */
export function textsOf(value: unknown, depth = 0): string {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return "";
  return Object.values(value)
    .map((part) => textsOf(part, depth + 1))
    .join(" ");
}
