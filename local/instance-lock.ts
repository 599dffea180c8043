import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { LocalError } from "./local-error.ts";
import { identifyProcess, isStillRunning, type ProcessIdentity } from "./process-identity.ts";

const Identity = z.object({ pid: z.int().positive(), started: z.string() });
const Child = Identity.extend({ signal: z.enum(["SIGINT", "SIGTERM", "SIGKILL"]), group: z.boolean() });
const LockFile = z.object({ owner: Identity, url: z.string(), children: z.array(Child) });

type LockFile = z.infer<typeof LockFile>;

/** A process to end if its owner died without doing so. */
export type LeftoverChild = z.infer<typeof Child>;

export interface InstanceLock {
  /** Processes that a killed predecessor left behind. */
  leftovers: LeftoverChild[];
  recordChild(pid: number, how: { signal: LeftoverChild["signal"]; group: boolean }): void;
  release(): void;
}

/**
 * One running instance per data folder. The lock of a dead process is taken over; a live one is an error
 * that tells who holds it. The start time tells a live owner from a stranger that got its number.
 */
export function acquireLock(file: string, url: string): InstanceLock {
  mkdirSync(path.dirname(file), { recursive: true });
  const previous = takeOver(file);
  const owner = ownIdentity();
  const children: LeftoverChild[] = [];
  const save = (): void => replaceFile(file, { owner, url, children });
  createOrFail(file, { owner, url, children });
  return {
    leftovers: previous?.children.filter((child) => isStillRunning(child)) ?? [],
    recordChild(pid, how) {
      const identity = identifyProcess(pid);
      if (identity === null) return;
      children.push({ ...identity, ...how });
      save();
    },
    release: () => rmSync(file, { force: true }),
  };
}

/** What the lock file says of a dead owner, after removing the file; an error when the owner lives. */
function takeOver(file: string): LockFile | null {
  const found = readLock(file);
  if (found !== null && isStillRunning(found.owner)) throw heldBy(found);
  rmSync(file, { force: true });
  return found;
}

function heldBy(lock: LockFile): LocalError {
  const port = new URL(lock.url).port;
  return new LocalError(
    `Already running: process ${lock.owner.pid} serves ${lock.url} (port ${port}) from this folder. ` +
      `Stop it first, with Ctrl-C in its terminal or: kill ${lock.owner.pid}`,
  );
}

/** A file that is empty or cut short was being written when its owner died. */
function readLock(file: string): LockFile | null {
  try {
    const parsed = LockFile.safeParse(JSON.parse(readFileSync(file, "utf8")));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

function createOrFail(file: string, content: LockFile): void {
  try {
    writeFileSync(file, JSON.stringify(content), { flag: "wx", mode: 0o644 });
  } catch (error) {
    throw new LocalError(`Another instance of this project is starting at this moment (${file}).`, {
      cause: error,
    });
  }
}

function replaceFile(file: string, content: LockFile): void {
  writeFileSync(`${file}.new`, JSON.stringify(content), { mode: 0o644 });
  renameSync(`${file}.new`, file);
}

function ownIdentity(): ProcessIdentity {
  // Where start times cannot be read the number alone must do.
  return identifyProcess(process.pid) ?? { pid: process.pid, started: "unknown" };
}
