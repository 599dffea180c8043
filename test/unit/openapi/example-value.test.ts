import { describe, expect, test } from "vitest";
import type { ApiDocument, Schema } from "../../../src/openapi/api-document.ts";
import { exampleValue } from "../../../src/openapi/example-value.ts";

const TREE: Schema = {
  type: "object",
  required: ["below"],
  properties: { below: { $ref: "#/components/schemas/Tree" }, name: { type: "string" } },
};

const DOCUMENT: ApiDocument = {
  info: { title: "", version: "", description: "" },
  tags: [],
  paths: {},
  components: { schemas: { Tree: TREE, Siren: { type: "string", examples: ["552032534"] } } },
};

describe("an example", () => {
  test.each<[string, Schema, unknown]>([
    ["that is stated", { $ref: "#/components/schemas/Siren" }, "552032534"],
    ["of a choice", { enum: ["csv", "xlsx"] }, "csv"],
    ["with a default", { type: "integer", default: 50 }, 50],
    ["of a bounded number", { type: ["integer", "null"], minimum: 3 }, 3],
    ["of a date", { type: "string", format: "date" }, "2026-01-31"],
    ["of a list", { type: "array", items: { type: "boolean" } }, [true]],
    ["of this or null", { anyOf: [{ type: "number" }, { type: "null" }] }, 0],
    ["of nothing known", {}, null],
    [
      "of an object, with what is required only",
      {
        required: ["a"],
        properties: { a: { type: "string" }, b: { type: "string" } },
      },
      { a: "text" },
    ],
    [
      "of an object that takes one of two members",
      {
        properties: { a: { type: "string" }, b: { type: "string" } },
        oneOf: [{ required: ["b"] }, { required: ["a"] }],
      },
      { b: "text" },
    ],
  ])("%s", (_name, schema, value) => {
    expect(exampleValue(DOCUMENT, schema)).toEqual(value);
  });

  test("ends in a schema that holds itself", () => {
    expect(JSON.stringify(exampleValue(DOCUMENT, TREE))).toContain('{"below":null}');
  });
});
