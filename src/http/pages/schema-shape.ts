import {
  type ApiDocument,
  type NamedSchema,
  resolveSchema,
  type Schema,
} from "../../openapi/api-document.ts";

/** What a reader needs of a schema: its type in words, and the objects one may open. */
export interface Shape {
  label: string;
  objects: NamedSchema[];
}

function isNull(schema: Schema): boolean {
  return schema.type === "null";
}

function typesOf(schema: Schema): string[] {
  if (schema.type === undefined) return [];
  return Array.isArray(schema.type) ? schema.type : [schema.type];
}

function bounds({ minimum, maximum }: Schema): string {
  if (minimum !== undefined && maximum !== undefined) return ` ${minimum}–${maximum}`;
  if (minimum !== undefined) return ` ≥ ${minimum}`;
  return maximum === undefined ? "" : ` ≤ ${maximum}`;
}

function simpleLabel(schema: Schema): string {
  const types = typesOf(schema);
  const named = types.filter((type) => type !== "null").map((type) => `${type}${bounds(schema)}`);
  const format = schema.format === undefined ? "" : ` (${schema.format})`;
  const label = named.length === 0 ? "any" : named.join(" or ");
  return `${label}${format}${types.includes("null") ? " or null" : ""}`;
}

function join(shapes: Shape[], separator: string): Shape {
  return {
    label: shapes.map(({ label }) => label).join(separator),
    objects: shapes.flatMap(({ objects }) => objects),
  };
}

export function shapeOf(document: ApiDocument, given: Schema): Shape {
  const { name, schema } = resolveSchema(document, given);
  const orNull = typesOf(schema).includes("null") ? " or null" : "";
  if (schema.properties !== undefined) {
    return { label: `${name ?? "object"}${orNull}`, objects: [{ name, schema }] };
  }
  if (schema.items !== undefined) {
    const inner = shapeOf(document, schema.items);
    return { label: `array of ${inner.label}${orNull}`, objects: inner.objects };
  }
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) {
    const shapes = choices.filter((one) => !isNull(one)).map((one) => shapeOf(document, one));
    const { label, objects } = join(shapes, " or ");
    return { label: choices.some(isNull) ? `${label} or null` : label, objects };
  }
  if (schema.allOf !== undefined) {
    return join(
      schema.allOf.map((one) => shapeOf(document, one)),
      " with ",
    );
  }
  if (typeof schema.additionalProperties === "object") {
    const inner = shapeOf(document, schema.additionalProperties);
    return { label: `map of ${inner.label}`, objects: inner.objects };
  }
  return { label: simpleLabel(schema), objects: [] };
}

/** The values a member may have, when they are few and known. */
export function choicesOf(document: ApiDocument, given: Schema): string[] {
  const { schema } = resolveSchema(document, given);
  const values = schema.enum ?? schema.items?.enum ?? [];
  return values.filter((value) => value !== null).map(String);
}
