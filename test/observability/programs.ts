import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import path from "node:path";
import { LocalError } from "../../local/local-error.ts";

/** Debian's names first. */
const NAMES = {
  prometheus: ["prometheus"],
  alertmanager: ["prometheus-alertmanager", "alertmanager"],
  promtool: ["promtool"],
  amtool: ["amtool"],
} as const;

export type Programs = Record<keyof typeof NAMES, string>;

/** Where they are. Throws a `LocalError` that names those that are missing. */
export function findPrograms(): Programs {
  const found = Object.entries(NAMES).map(([program, names]) => [program, names.map(locate).find(Boolean)]);
  const missing = found.filter(([, at]) => at === undefined).map(([program]) => program);
  if (missing.length === 0) return Object.fromEntries(found) as Programs;
  throw new LocalError(`Not installed: ${missing.join(", ")}. On Debian or Ubuntu: .ci/install-monitoring`);
}

function locate(name: string): string | undefined {
  const folders = [...(process.env["PATH"] ?? "").split(path.delimiter), "/usr/bin", "/usr/local/bin"];
  return folders.map((folder) => path.join(folder, name)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Its output; throws with all that it said when it fails. */
export function output(command: string, args: string[], input = ""): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      command,
      args,
      { timeout: 400_000, maxBuffer: 16 * 1024 * 1024 },
      (error, out, err) => {
        if (error === null) resolve(out + err);
        else
          reject(
            new Error(`${path.basename(command)} ${args.join(" ")} failed:\n${out}${err}`, { cause: error }),
          );
      },
    );
    child.stdin?.end(input);
  });
}
