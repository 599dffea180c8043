import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync, readlinkSync, writeFileSync } from "node:fs";
import { LocalError } from "../local/local-error.ts";

const TICKS_PER_SECOND = 100;

/** CPU time of a process so far, all its threads, in microseconds: utime + stime, in steps of 10 ms. */
export function cpuMicros(pid: number): number {
  const fields = statFields(pid);
  return ((Number(fields[11]) + Number(fields[12])) * 1e6) / TICKS_PER_SECOND;
}

/** The same of a process with all that it has started: those that have ended, and those that run now. */
export function familyCpuMicros(pid: number): number {
  const fields = statFields(pid);
  const ended = ((Number(fields[13]) + Number(fields[14])) * 1e6) / TICKS_PER_SECOND;
  return childrenOf(pid).reduce((total, child) => total + cpuOrNothing(child), cpuMicros(pid) + ended);
}

/** Starts the search for the peak anew. */
export function forgetPeakMemory(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, "5");
}

/** Resident memory of a process now, and at its highest since it was forgotten. Bytes. */
export function residentMemory(pid: number): { now: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const field = (name: string): number => {
    const kib = new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status)?.[1];
    if (kib === undefined) throw new Error(`no ${name} of process ${pid}`);
    return Number(kib) * 1024;
  };
  return { now: field("VmRSS"), peak: field("VmHWM") };
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

function childrenOf(pid: number): number[] {
  const list = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  return list === "" ? [] : list.split(" ").map(Number);
}

/** It may have ended since it was listed: then its parent has its time by now, or soon. */
function cpuOrNothing(pid: number): number {
  try {
    return cpuMicros(pid);
  } catch {
    return 0;
  }
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
