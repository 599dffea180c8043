import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** A process, told apart from a later one with the same number by its start time. */
export interface ProcessIdentity {
  pid: number;
  started: string;
}

/** null: there is no such process, or only its corpse that nobody has collected yet. */
export function identifyProcess(pid: number): ProcessIdentity | null {
  const started = process.platform === "linux" ? startFromProc(pid) : startFromPs(pid);
  return started === null ? null : { pid, started };
}

export function isStillRunning(identity: ProcessIdentity): boolean {
  return identifyProcess(identity.pid)?.started === identity.started;
}

/** The program's short name (`postgres`), null when there is no such process. */
export function processCommand(pid: number): string | null {
  if (process.platform !== "linux") return ps(pid, "comm=");
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    return null;
  }
}

function startFromProc(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name in brackets and may itself hold brackets and spaces.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state] = fields;
    return state === "Z" || state === "X" ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}

function startFromPs(pid: number): string | null {
  return ps(pid, "lstart=");
}

function ps(pid: number, column: string): string | null {
  const { status, stdout } = spawnSync("ps", ["-o", column, "-p", String(pid)], { encoding: "utf8" });
  return status === 0 && stdout.trim() !== "" ? stdout.trim() : null;
}
