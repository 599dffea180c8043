import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";

/** The Worker's own settings are declared on `NodeJS.ProcessEnv` as if every process had them. */
export type Environment = Record<string, string | undefined>;

export interface ChildOptions {
  name: string;
  command: string;
  args: string[];
  cwd: string;
  env: Environment;
  logFile: string;
  /** Each signal is given `graceMs` to end the child before the next one; the last cannot be refused. */
  stopSignals: NodeJS.Signals[];
  graceMs: number;
  /** True when the child starts others that must end with it; false when it ends them itself. */
  wholeGroup: boolean;
  account?: { uid: number; gid: number } | null;
}

export interface Child {
  name: string;
  pid: number;
  logFile: string;
  /** Settles when the process has ended, with a sentence fragment such as "ended with code 1". */
  exited: Promise<string>;
  hasExited(): boolean;
  lastLines(count?: number): string[];
  /** Ends the child, and its own children; safe to call again. */
  stop(): Promise<void>;
  /** At once, for a second Ctrl-C or the exit of this process. */
  killNow(): void;
}

/**
 * Starts a program in a process group of its own, so that a Ctrl-C in the terminal reaches only us and the
 * pieces end in our order. Its output goes straight to a file: no pipe that breaks if we are killed.
 */
export async function startChild(options: ChildOptions): Promise<Child> {
  const log = openSync(options.logFile, "w", 0o644);
  try {
    const child = spawn(options.command, options.args, {
      cwd: options.cwd,
      env: options.env as NodeJS.ProcessEnv,
      stdio: ["ignore", log, log],
      detached: true,
      ...options.account,
    });
    return track(options, child, await pidOf(child));
  } finally {
    closeSync(log);
  }
}

function pidOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("spawn", () => {
      if (child.pid === undefined) reject(new Error("the program did not start"));
      else resolve(child.pid);
    });
  });
}

function track(options: ChildOptions, child: ChildProcess, pid: number): Child {
  const state = { ended: child.exitCode !== null || child.signalCode !== null };
  const exited = new Promise<string>((resolve) => {
    const settle = (code: number | null, signal: string | null): void => {
      state.ended = true;
      resolve(signal === null ? `ended with code ${code}` : `was ended by ${signal}`);
    };
    if (state.ended) settle(child.exitCode, child.signalCode);
    else child.once("exit", settle);
  });
  const target = options.wholeGroup ? -pid : pid;
  const isGone = (): boolean => state.ended && !(options.wholeGroup && sendSignal(target, 0));
  const stopOnce = once(() => stopTarget(target, options, isGone));
  return {
    name: options.name,
    pid,
    logFile: options.logFile,
    exited,
    hasExited: () => state.ended,
    lastLines: (count = 15) => lastLinesOf(options.logFile, count),
    stop: stopOnce,
    killNow: () => {
      if (!isGone()) sendSignal(target, options.stopSignals.at(-1) ?? "SIGKILL");
    },
  };
}

async function stopTarget(target: number, options: ChildOptions, isGone: () => boolean): Promise<void> {
  for (const signal of options.stopSignals) {
    if (isGone()) return;
    sendSignal(target, signal);
    const deadline = Date.now() + options.graceMs;
    while (!isGone() && Date.now() < deadline) await sleep(25);
  }
}

/** False when there is nobody left to receive it. */
function sendSignal(target: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(target, signal);
    return true;
  } catch {
    return false;
  }
}

function once(action: () => Promise<void>): () => Promise<void> {
  const memo: { running?: Promise<void> } = {};
  return () => (memo.running ??= action());
}

function lastLinesOf(file: string, count: number): string[] {
  try {
    return stripVTControlCharacters(readFileSync(file, "utf8")).trimEnd().split("\n").slice(-count);
  } catch {
    return [];
  }
}
