import path from "node:path";
import { PROJECT_ROOT } from "../../local/data-folder.ts";
import { output } from "./programs.ts";

const script = (name: string): string => path.join(PROJECT_ROOT, "local", "monitoring", name);

/** The committed rules, alerting and dashboards, by promtool and amtool. Throws with what they refuse. */
export async function checkFiles(): Promise<string> {
  await Promise.all(
    ["check-rules.ts", "check-dashboards.ts"].map((name) => output(process.execPath, [script(name)])),
  );
  return "rules, their tests, routing, dashboards: all clean";
}

/** The same rules with all their windows divided by `scale`, into `folder`. */
export async function writeScaledRules(folder: string, scale: number): Promise<void> {
  await output(process.execPath, [script("write-rules.ts"), "--scale", String(scale), "--out", folder]);
}
