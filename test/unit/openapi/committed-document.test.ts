import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { documentText } from "../../../local/openapi-text.ts";

test("docs/openapi.json is what the code says; `npm run openapi` writes it", () => {
  const file = path.resolve(import.meta.dirname, "../../../docs/openapi.json");
  expect(readFileSync(file, "utf8")).toBe(documentText());
});
