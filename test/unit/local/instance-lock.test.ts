import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { acquireLock } from "../../../local/instance-lock.ts";
import { identifyProcess, isStillRunning, processCommand } from "../../../local/process-identity.ts";

const URL_OF_HOLDER = "http://127.0.0.1:8787";
let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "ma-lock-"));
  file = path.join(folder, "deep", "start.lock");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a second instance learns who holds the folder, and how to stop it", () => {
  const lock = acquireLock(file, URL_OF_HOLDER);
  expect(() => acquireLock(file, "http://127.0.0.1:9999")).toThrow(
    `Already running: process ${process.pid} serves ${URL_OF_HOLDER} (port 8787)`,
  );
  expect(() => acquireLock(file, "http://127.0.0.1:9999")).toThrow(`kill ${process.pid}`);
  lock.release();
  expect(existsSync(file)).toBe(false);
  acquireLock(file, URL_OF_HOLDER).release();
});

test("the lock of a dead process is taken over", () => {
  writeFileSync(path.join(folder, "lock"), lockOf({ pid: 4_000_000, started: "1" }));
  expect(acquireLock(path.join(folder, "lock"), URL_OF_HOLDER).leftovers).toEqual([]);
});

test("a stranger that got the dead owner's number is not taken for it", () => {
  writeFileSync(path.join(folder, "lock"), lockOf({ pid: process.pid, started: "long ago" }));
  expect(acquireLock(path.join(folder, "lock"), URL_OF_HOLDER).leftovers).toEqual([]);
});

test.each(["", "{", '{"pid": 1}'])("a lock file cut short (%j) holds nobody", (content) => {
  writeFileSync(path.join(folder, "lock"), content);
  expect(() => acquireLock(path.join(folder, "lock"), URL_OF_HOLDER)).not.toThrow();
});

test("the living children of a dead owner are handed over, others are not", async () => {
  const child = spawn("sleep", ["30"]);
  const living = identifyProcess(child.pid ?? 0);
  const how = { signal: "SIGTERM", group: true };
  const children = [
    { ...living, ...how },
    { pid: process.pid, started: "long ago", ...how },
  ];
  writeFileSync(path.join(folder, "lock"), lockOf({ pid: 4_000_000, started: "1" }, children));
  const { leftovers } = acquireLock(path.join(folder, "lock"), URL_OF_HOLDER);
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill();
  await ended;
  expect(leftovers).toEqual([{ ...living, ...how }]);
});

test("each child is written down as it starts", () => {
  const lock = acquireLock(file, URL_OF_HOLDER);
  lock.recordChild(process.pid, { signal: "SIGINT", group: false });
  lock.recordChild(4_000_000, { signal: "SIGINT", group: false });
  const saved: unknown = JSON.parse(readFileSync(file, "utf8"));
  expect(saved).toMatchObject({ children: [{ pid: process.pid, signal: "SIGINT", group: false }] });
  lock.release();
});

test("a process is known by its number and its start", async () => {
  const child = spawn("sleep", ["30"]);
  const identity = identifyProcess(child.pid ?? 0);
  if (identity === null) throw new Error("sleep did not start");
  expect(isStillRunning(identity)).toBe(true);
  expect(processCommand(identity.pid)).toBe("sleep");
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await ended;
  expect(isStillRunning(identity)).toBe(false);
  expect(identifyProcess(identity.pid)).toBeNull();
  expect(processCommand(4_000_000)).toBeNull();
});

function lockOf(owner: { pid: number; started: string }, children: unknown[] = []): string {
  return JSON.stringify({ owner, url: URL_OF_HOLDER, children });
}
