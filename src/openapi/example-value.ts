import { type ApiDocument, resolveSchema, type Schema } from "./api-document.ts";

const MAX_DEPTH = 6;

function plainValue(schema: Schema): unknown {
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type) {
    case "integer":
    case "number":
      return schema.minimum ?? 0;
    case "boolean":
      return true;
    case "string":
      if (schema.format === "date") return "2026-01-31";
      return schema.format === "date-time" ? "2026-01-31T12:00:00.000Z" : "text";
    default:
      return null;
  }
}

/** A value that fits: the example given, or one made from required members only. */
export function exampleValue(document: ApiDocument, given: Schema, depth = 0): unknown {
  const { schema } = resolveSchema(document, given);
  const [stated] = given.examples ?? schema.examples ?? schema.enum ?? [];
  if (stated !== undefined) return stated;
  if (schema.default !== undefined) return schema.default;
  const [variant] = schema.oneOf ?? schema.anyOf ?? schema.allOf ?? [];
  if (depth > MAX_DEPTH) return null;
  if (schema.properties !== undefined) {
    // Of alternatives that differ only in what they require, the first.
    const names = [...(schema.required ?? []), ...(variant?.required ?? [])];
    const required = Object.entries(schema.properties).filter(([name]) => names.includes(name));
    return Object.fromEntries(
      required.map(([name, member]) => [name, exampleValue(document, member, depth + 1)]),
    );
  }
  if (schema.items !== undefined) return [exampleValue(document, schema.items, depth + 1)];
  return variant === undefined ? plainValue(schema) : exampleValue(document, variant, depth + 1);
}
