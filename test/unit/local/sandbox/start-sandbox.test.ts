import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { expect, test } from "vitest";
import { startSandbox } from "../../../../local/sandbox/start-sandbox.ts";
import type { Json } from "./sandbox-client.ts";

const MAIN = path.resolve(import.meta.dirname, "../../../../local/sandbox/main.ts");

function run(...options: string[]) {
  const child = spawn(process.execPath, ["--experimental-strip-types", "--no-warnings", MAIN, ...options]);
  const exited = once(child, "exit");
  return { child, exited };
}

test("serves on a free port of this machine, and stops", async () => {
  const { url, stop } = await startSandbox({ port: 0 });
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  const answer = await fetch(`${url}/recherche-entreprises/search?q=912345675`);
  expect(answer.headers.get("X-Sandbox")).toBe("synthetic");
  expect(((await answer.json()) as Json).total_results).toBe(1);
  await stop();
  await expect(fetch(url)).rejects.toThrow("fetch failed");
});

test("stops at once although answers are pending", async () => {
  const { url, stop } = await startSandbox({ port: 0 });
  const pending = fetch(`${url}/recherche-entreprises/search?q=999000045`).catch(() => "cut");
  while (((await (await fetch(`${url}/__control/calls`)).json()) as Json).recherche_entreprises === 0);
  const started = performance.now();
  await stop();
  expect(performance.now() - started).toBeLessThan(2000);
  expect(await pending).toBe("cut");
});

test("a taken port is an error, not a silence", async () => {
  const { url, stop } = await startSandbox({ port: 0 });
  await expect(startSandbox({ port: Number(new URL(url).port) })).rejects.toThrow("EADDRINUSE");
  await stop();
});

test.each(["SIGINT", "SIGTERM"] as const)("the command prints its URL and ends on %s", async (signal) => {
  const { child, exited } = run("--port", "0");
  const [line] = await once(child.stdout, "data");
  const [url = ""] = /http:\S+/.exec(String(line)) ?? [];
  expect((await fetch(`${url}/recherche-entreprises/health`)).status).toBe(200);
  child.kill(signal);
  expect((await exited)[0]).toBe(0);
});

test("the command refuses a bad port", async () => {
  const { child, exited } = run("--port", "seventy");
  const [line] = await once(child.stderr, "data");
  expect(String(line)).toContain("--port");
  expect((await exited)[0]).toBe(2);
});
