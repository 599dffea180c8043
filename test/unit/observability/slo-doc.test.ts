import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { withSloTable } from "../../../local/slo-doc.ts";

test("docs/slo.md lists the objectives as they are declared; `npm run docs:slo` writes it", () => {
  const page = readFileSync(path.resolve(import.meta.dirname, "../../../docs/slo.md"), "utf8");
  expect(page).toBe(withSloTable(page));
});
