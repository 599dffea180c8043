import { describe, expect, test } from "vitest";
import { tidyDocument } from "../../../src/openapi/tidy-document.ts";

const REF = { $ref: "#/components/schemas/Siege" };

describe("what the generator gets wrong", () => {
  test("a schema or null becomes a choice that null satisfies", () => {
    const generated = { schema: { allOf: [REF, { type: ["object", "null"], description: "where" }] } };
    expect(tidyDocument(generated)).toEqual({
      schema: { description: "where", anyOf: [REF, { type: "null" }] },
    });
  });

  test("words beside a reference stay beside it", () => {
    expect(tidyDocument({ schema: { allOf: [REF, { description: "where" }] } })).toEqual({
      schema: { ...REF, description: "where" },
    });
  });

  test("a real combination of schemas is left alone", () => {
    const schema = { allOf: [REF, { type: "object", properties: { pays: { type: "string" } } }] };
    expect(tidyDocument({ schema })).toEqual({ schema });
  });

  test("an empty list of webhooks is left out, a filled one kept", () => {
    expect(tidyDocument({ webhooks: {} })).toEqual({});
    expect(tidyDocument({ webhooks: { scored: {} } })).toEqual({ webhooks: { scored: {} } });
  });
});

describe("example becomes examples", () => {
  test("in a schema", () => {
    expect(tidyDocument({ schema: { type: "string", example: "x" } })).toEqual({
      schema: { type: "string", examples: ["x"] },
    });
  });

  test("not in a media type, where `example` is the right name", () => {
    const media = { schema: { type: "string" }, example: "x" };
    expect(tidyDocument({ content: { "text/csv": media } })).toEqual({ content: { "text/csv": media } });
  });

  test("not in a member that happens to be called so, nor in a value", () => {
    const schema = { properties: { example: { type: "string" } }, default: { example: 1 } };
    expect(tidyDocument({ schema })).toEqual({ schema });
  });
});
