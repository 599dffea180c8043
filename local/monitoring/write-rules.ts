import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { PROJECT_ROOT } from "../data-folder.ts";
import { describeError, LocalError } from "../local-error.ts";
import { withAlertTable } from "./alert-table.ts";
import { MONITORING, readMonitoringSettings, ruleFiles, ruleTestFiles } from "./rule-files.ts";

const USAGE = `Usage: npm run rules [-- --scale 20 --out DIR]

  --scale N  windows and delays divided by N, for tests (needs --out)
  --out DIR  writes the rules there (default: dashboards/rules, with their tests and the table of docs/alerting.md)`;

/** Writes the rules, and says where. */
function writeRules(args: string[]): string {
  const { scale, out } = readOrder(args);
  const folder = out ?? path.join(MONITORING, "rules");
  const settings = readMonitoringSettings();
  writeAll(folder, ruleFiles(settings, scale));
  if (out === undefined) {
    writeAll(path.join(MONITORING, "tests"), ruleTestFiles(settings));
    const page = path.join(PROJECT_ROOT, "docs", "alerting.md");
    writeFileSync(page, withAlertTable(readFileSync(page, "utf8")));
  }
  return `Rules written to ${folder}`;
}

function writeAll(folder: string, files: Readonly<Record<string, string>>): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
}

function readOrder(args: string[]): { scale: number; out: string | undefined } {
  const { values } = parse(args);
  const scale = Number(values.scale);
  if (!(scale >= 1 && scale <= 1_000)) throw new LocalError(`--scale must be from 1 to 1000\n\n${USAGE}`);
  if (scale !== 1 && values.out === undefined) throw new LocalError(`--scale needs --out\n\n${USAGE}`);
  return { scale, out: values.out };
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options: { scale: { type: "string", default: "1" }, out: { type: "string" } } });
  } catch (error) {
    throw new LocalError(`${describeError(error)}\n\n${USAGE}`);
  }
}

if (import.meta.main) {
  try {
    console.log(writeRules(process.argv.slice(2)));
  } catch (error) {
    console.error(error instanceof LocalError ? error.message : `Stopped: ${describeError(error)}`);
    process.exitCode = 1;
  }
}
