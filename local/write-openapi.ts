import { writeFileSync } from "node:fs";
import path from "node:path";
import { PROJECT_ROOT } from "./data-folder.ts";
import { documentText } from "./openapi-text.ts";

writeFileSync(path.join(PROJECT_ROOT, "docs", "openapi.json"), documentText());
console.log("docs/openapi.json is what the routes say.");
