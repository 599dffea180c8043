import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { dashboardFiles } from "./dashboards/dashboards.ts";
import { MONITORING } from "./rule-files.ts";

/** Where Grafana's files are. */
const FOLDER = path.join(MONITORING, "grafana");

mkdirSync(FOLDER, { recursive: true });
for (const [name, text] of Object.entries(dashboardFiles())) writeFileSync(path.join(FOLDER, name), text);
console.log(`Dashboards written to ${FOLDER}`);
