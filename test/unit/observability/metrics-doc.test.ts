import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { withMetricTable } from "../../../local/metrics-doc.ts";

test("docs/metrics.md lists the metrics of the register; `npm run docs:metrics` writes it", () => {
  const page = readFileSync(path.resolve(import.meta.dirname, "../../../docs/metrics.md"), "utf8");
  expect(page).toBe(withMetricTable(page));
});
