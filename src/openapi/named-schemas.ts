import type { OpenAPIHono } from "@hono/zod-openapi";
import { z } from "@hono/zod-openapi";
import type { AppEnv } from "../http/app-env.ts";

type Registry = OpenAPIHono<AppEnv>["openAPIRegistry"];
type RouteDefinition = Extract<Registry["definitions"][number], { type: "route" }>;

function schemasOf({ route }: RouteDefinition): unknown[] {
  const contents = [route.request?.body?.content, ...Object.values(route.responses).map(contentOf)];
  return contents.flatMap((content) =>
    Object.values(content ?? {}).map((media) =>
      media !== undefined && "schema" in media ? media.schema : null,
    ),
  );
}

function contentOf(response: RouteDefinition["route"]["responses"][string]) {
  return "content" in response ? response.content : undefined;
}

function innerOf(schema: z.core.$ZodType): z.core.$ZodType[] {
  if (schema instanceof z.ZodNullable || schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) {
    return [schema.unwrap()];
  }
  if (schema instanceof z.ZodArray) return [schema.element];
  if (schema instanceof z.ZodObject) return Object.values(schema.shape);
  if (schema instanceof z.ZodUnion) return [...schema.options];
  if (schema instanceof z.ZodRecord) return [schema.valueType];
  if (schema instanceof z.ZodPipe) return [schema.in];
  return [];
}

function collect(schema: unknown, found: Map<string, z.ZodType>, seen: Set<unknown>): void {
  if (!(schema instanceof z.ZodType) || seen.has(schema)) return;
  seen.add(schema);
  // What is inside comes first: it has to be defined before anything refers to it.
  for (const inner of innerOf(schema)) collect(inner, found, seen);
  const id = schema.meta()?.id;
  if (id !== undefined && schema instanceof z.ZodObject) found.set(id, schema);
}

/**
 * Registers every object named by `.meta({ id })` on its own. Otherwise the generator would take the first
 * use as the definition, and a schema that is first met as `.nullable()` would be nullable everywhere.
 */
export function registerNamedSchemas(registry: Registry): void {
  if (registry.definitions.some(({ type }) => type === "schema")) return;
  const found = new Map<string, z.ZodType>();
  const seen = new Set<unknown>();
  for (const definition of registry.definitions) {
    if (definition.type !== "route") continue;
    for (const schema of schemasOf(definition)) collect(schema, found, seen);
  }
  for (const [id, schema] of found) registry.register(id, schema);
}
