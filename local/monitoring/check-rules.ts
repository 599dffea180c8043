import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import path from "node:path";
import { describeError, LocalError } from "../local-error.ts";
import { MONITORING } from "./rule-files.ts";

const MISSING =
  "is not installed. On Debian: apt-get install prometheus prometheus-alertmanager (promtool and amtool are in them).";
const ALERTMANAGER = path.join("alertmanager", "alertmanager.yml");

/** Who must be told of an alert with these labels. */
const ROUTES = [
  { labels: ["alertname=SloBurnFast", "severity=critical", "category=slo"], receivers: "page" },
  { labels: ["alertname=DependencyDown", "severity=critical", "category=availability"], receivers: "page" },
  { labels: ["alertname=RouteSlow", "severity=warning", "category=slo"], receivers: "slack" },
  { labels: ["alertname=LlmCostHigh", "severity=warning", "category=cost"], receivers: "cost-mail,slack" },
  { labels: ["severity=critical", "category=cost"], receivers: "cost-mail,page" },
  { labels: ["alertname=CountersMissing", "severity=critical", "category=availability"], receivers: "page" },
  { labels: ["alertname=QueuePaused", "severity=warning", "category=data"], receivers: "slack" },
  { labels: ["alertname=DependencyWasDown", "severity=none", "category=availability"], receivers: "nobody" },
  { labels: ["alertname=Heartbeat", "severity=none", "category=availability"], receivers: "heartbeat" },
  { labels: ["alertname=FromElsewhere"], receivers: "slack" },
];

/** Holds all that is in dashboards/ for Prometheus and Alertmanager against their own tools. Throws `LocalError`. */
function checkRules(): void {
  run("promtool", ["check", "rules", ...files("rules")]);
  // Without its secrets: they are where Prometheus runs.
  run("promtool", ["check", "config", "--syntax-only", path.join("prometheus", "prometheus.yml")]);
  run("amtool", ["check-config", ALERTMANAGER]);
  for (const { labels, receivers } of ROUTES) {
    const test = ["config", "routes", "test", `--config.file=${ALERTMANAGER}`];
    run("amtool", [...test, `--verify.receivers=${receivers}`, ...labels]);
  }
  run("promtool", ["test", "rules", ...files("tests")]);
}

function files(folder: string): string[] {
  return readdirSync(path.join(MONITORING, folder)).map((name) => path.join(folder, name));
}

function run(program: string, args: string[]): void {
  const { error, status } = spawnSync(program, args, { cwd: MONITORING, stdio: "inherit" });
  if (error !== undefined && "code" in error && error.code === "ENOENT") {
    throw new LocalError(`${program} ${MISSING}`);
  }
  if (error !== undefined) throw error;
  if (status !== 0) throw new LocalError(`Failed: ${program} ${args.join(" ")}`);
}

if (import.meta.main) {
  try {
    checkRules();
    console.log("Rules, their tests, Prometheus and Alertmanager configuration: all right.");
  } catch (error) {
    console.error(error instanceof LocalError ? error.message : `Stopped: ${describeError(error)}`);
    process.exitCode = 1;
  }
}
