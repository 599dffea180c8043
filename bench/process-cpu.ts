import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync, readlinkSync } from "node:fs";
import { LocalError } from "../local/local-error.ts";

const TICKS_PER_SECOND = 100;

/** CPU time of a process so far, all its threads, in microseconds: utime + stime, in steps of 10 ms. */
export function cpuMicros(pid: number): number {
  const fields = statFields(pid);
  return ((Number(fields[11]) + Number(fields[12])) * 1e6) / TICKS_PER_SECOND;
}

/** Direct children of this process that run the given program. */
export function childrenRunning(program: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => isChildRunning(pid, program));
}

/** What the program of a running process says of its own version. */
export function versionOf(pid: number): string {
  return execFileSync(readlinkSync(`/proc/${pid}/exe`), ["--version"], { encoding: "utf8" }).trim();
}

export function requireProc(): void {
  const ticks =
    process.platform === "linux" ? execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }) : "";
  if (Number(ticks) === TICKS_PER_SECOND) return;
  throw new LocalError("The benchmark reads CPU time from /proc and runs on Linux only.");
}

function isChildRunning(pid: number, program: string): boolean {
  try {
    const [, parent] = statFields(pid);
    return Number(parent) === process.pid && readlinkSync(`/proc/${pid}/exe`).endsWith(`/${program}`);
  } catch {
    return false;
  }
}

/** From the third field on; the second, the name in brackets, may itself hold spaces and brackets. */
function statFields(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}
