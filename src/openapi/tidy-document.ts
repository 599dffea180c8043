type Members = Record<string, unknown>;

/** Members that hold values of the API, not parts of the document. */
const VALUES = new Set(["example", "examples", "default", "enum", "const"]);
/** Members whose own members are named by us. */
const MAPS = new Set(["properties", "schemas", "paths", "responses", "headers", "content"]);

function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function allowsNull(type: unknown): boolean {
  return Array.isArray(type) && type.includes("null");
}

/** The generator says "this schema or null" as an `allOf` that null can't satisfy. */
function mendReference(node: Members): Members {
  const { allOf, ...rest } = node;
  if (!Array.isArray(allOf) || allOf.length !== 2) return node;
  const [reference, addition]: unknown[] = allOf;
  if (!isMembers(reference) || !("$ref" in reference) || !isMembers(addition)) return node;
  const { type, ...annotations } = addition;
  if (allowsNull(type)) return { ...rest, ...annotations, anyOf: [reference, { type: "null" }] };
  return type === undefined ? { ...rest, ...reference, ...annotations } : node;
}

/** JSON Schema 2020-12 knows `examples`; in a parameter or a media type `example` is right. */
function mendExample(node: Members): Members {
  if (!("example" in node) || "schema" in node) return node;
  const { example, ...rest } = node;
  return { ...rest, examples: [example] };
}

function tidyMap(map: unknown): unknown {
  if (!isMembers(map)) return map;
  return Object.fromEntries(Object.entries(map).map(([name, member]) => [name, tidy(member)]));
}

function tidy(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(tidy);
  if (!isMembers(node)) return node;
  const mended = mendExample(mendReference(node));
  const entries = Object.entries(mended).map(([name, member]) => {
    if (VALUES.has(name)) return [name, member];
    return [name, MAPS.has(name) ? tidyMap(member) : tidy(member)];
  });
  return Object.fromEntries(entries);
}

/** The generated document without what is wrong or empty in it. */
export function tidyDocument(document: object): Members {
  const { webhooks, ...rest }: Members = { ...document };
  const kept = isMembers(webhooks) && Object.keys(webhooks).length > 0 ? { ...rest, webhooks } : rest;
  const tidied = tidy(kept);
  return isMembers(tidied) ? tidied : {};
}
