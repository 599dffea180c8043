import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { expect, test } from "vitest";
import { buildDocument } from "../../../src/openapi/document.ts";
import { ApiDocument } from "../../../src/openapi/api-document.ts";
import type { AppEnv } from "../../../src/http/app-env.ts";

const Town = z.object({ nom: z.string() }).meta({ id: "Town" });
const Place = z
  .object({
    first: Town.nullable(),
    second: Town,
    all: z.array(Town.nullable()),
    by: z.record(z.string(), Town),
  })
  .meta({ id: "Place" });

function documentOf(schema: z.ZodType): ApiDocument {
  const app = new OpenAPIHono<AppEnv>();
  const route = createRoute({
    method: "get",
    path: "/place",
    operationId: "getPlace",
    tags: ["System"],
    summary: "A place",
    security: [],
    responses: { 200: { description: "It", content: { "application/json": { schema } } } },
  });
  app.openAPIRegistry.registerPath(route);
  // Twice, because a document may be built again: it must not grow.
  buildDocument(app);
  return ApiDocument.parse(buildDocument(app));
}

test("an object first met as nullable is nullable there only", () => {
  const { schemas } = documentOf(Place).components;
  const town = { $ref: "#/components/schemas/Town" };
  const orNull = { anyOf: [town, { type: "null" }] };
  expect(schemas["Town"]?.type).toBe("object");
  expect(schemas["Place"]?.properties).toEqual({
    first: orNull,
    second: town,
    all: { type: "array", items: orNull },
    by: { type: "object", additionalProperties: town },
  });
});
