import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { PROJECT_ROOT } from "./data-folder.ts";
import { withMetricTable } from "./metrics-doc.ts";

const file = path.join(PROJECT_ROOT, "docs", "metrics.md");
writeFileSync(file, withMetricTable(readFileSync(file, "utf8")));
console.log("docs/metrics.md is what the register says.");
