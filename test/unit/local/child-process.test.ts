import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startChild, type Child, type ChildOptions } from "../../../local/child-process.ts";
import { identifyProcess } from "../../../local/process-identity.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "ma-child-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(script: string, more: Partial<ChildOptions> = {}): Promise<Child> {
  return startChild({
    name: "child",
    command: process.execPath,
    args: ["-e", script],
    cwd: folder,
    env: process.env,
    logFile: path.join(folder, "child.log"),
    stopSignals: ["SIGTERM", "SIGKILL"],
    graceMs: 300,
    wholeGroup: true,
    ...more,
  });
}

/** The child prints it when its handlers are in place. */
async function printed(child: Child, pattern: RegExp): Promise<string> {
  await expect.poll(() => child.lastLines().join("\n"), { timeout: 5000 }).toMatch(pattern);
  return pattern.exec(child.lastLines().join("\n"))?.[1] ?? "";
}

test("its output and its ending are kept", async () => {
  const child = await run("console.log('one'); console.error('two'); process.exit(3)");
  expect(await child.exited).toBe("ended with code 3");
  expect(child.lastLines()).toEqual(["one", "two"]);
  expect(child.lastLines(1)).toEqual(["two"]);
  expect(child.hasExited()).toBe(true);
  await child.stop();
});

test("what it started ends with it, even when it refuses to", async () => {
  const stubborn = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000);";
  const child = await run(
    `${stubborn} const { pid } = require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(stubborn)}]);
     setTimeout(() => console.log('grandchild ' + pid), 200)`,
  );
  const grandchild = Number(await printed(child, /grandchild (\d+)/));
  await Promise.all([child.stop(), child.stop()]);
  expect(await child.exited).toBe("was ended by SIGKILL");
  expect(identifyProcess(child.pid)).toBeNull();
  await expect.poll(() => identifyProcess(grandchild)).toBeNull();
});

test("a grandchild that outlives its parent is ended too", async () => {
  const child = await run(
    `const { pid } = require('child_process').spawn('sleep', ['60'], { stdio: 'ignore' });
     console.log('grandchild ' + pid); process.exit(0)`,
  );
  await child.exited;
  const grandchild = Number(await printed(child, /grandchild (\d+)/));
  expect(identifyProcess(grandchild)).not.toBeNull();
  await child.stop();
  await expect.poll(() => identifyProcess(grandchild)).toBeNull();
});

test("it can be ended at once", async () => {
  const child = await run("process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)");
  child.killNow();
  expect(await child.exited).toBe("was ended by SIGKILL");
  child.killNow();
});

test("a program that is not there is an error", async () => {
  await expect(run("", { command: path.join(folder, "absent") })).rejects.toMatchObject({ code: "ENOENT" });
});
