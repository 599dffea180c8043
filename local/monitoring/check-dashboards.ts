import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { spawnSync } from "node:child_process";
import { stringify } from "yaml";
import { dashboardQueries } from "./dashboards/dashboards.ts";

/** What Grafana puts in their place, roughly: only the syntax is looked at. */
const VARIABLES: [RegExp, string][] = [
  [/\$__rate_interval|\$__range/g, "5m"],
  [/\$[a-z]+/g, ".*"],
];

/** Each query as the rule that records it, named after where it stands. */
function rulesText(): string {
  const rules = dashboardQueries().map(({ place, expression }, at) => ({
    record: `dashboard:query:${at}`,
    labels: { place },
    expr: VARIABLES.reduce((text, [name, value]) => text.replace(name, value), expression),
  }));
  return stringify({ groups: [{ name: "dashboards", rules }] }, { lineWidth: 0 });
}

/** Prints what promtool says of all queries; the exit code, 1 when it is not installed. */
function checkDashboards(): number {
  const folder = mkdtempSync(path.join(tmpdir(), "ma-dashboards-"));
  try {
    const file = path.join(folder, "queries.yml");
    writeFileSync(file, rulesText());
    const { status, error } = spawnSync("promtool", ["check", "rules", file], { stdio: "inherit" });
    if (error === undefined) return status ?? 1;
    console.error(`promtool can't be run (${error.message}): install Debian's package prometheus.`);
    return 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exitCode = checkDashboards();
