import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { PROJECT_ROOT } from "./data-folder.ts";
import { withSloTable } from "./slo-doc.ts";

const file = path.join(PROJECT_ROOT, "docs", "slo.md");
writeFileSync(file, withSloTable(readFileSync(file, "utf8")));
console.log("docs/slo.md is what the objectives say.");
