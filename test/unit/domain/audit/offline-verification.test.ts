import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterEach, expect, test } from "vitest";
import { NDJSON } from "../../../../src/domain/audit/export-format.ts";
import { type ChainWorld, grownChain } from "./memory-chain.ts";

const folder = mkdtempSync(path.join(tmpdir(), "audit-"));

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function file(name: string, text: string): string {
  writeFileSync(path.join(folder, name), text);
  return path.join(folder, name);
}

/** Runs the script that docs/audit.md gives to third parties. */
async function verifyOffline(world: ChainWorld): Promise<string> {
  const [, script = ""] = /```js\n([\s\S]*?)```/.exec(readFileSync("docs/audit.md", "utf8")) ?? [];
  const anchors = [...world.anchors].map(([to, anchor]) => file(`${to}.json`, JSON.stringify(anchor)));
  const exported = file("export.ndjson", world.log.map(NDJSON.line).join(""));
  const [key] = await world.signer.publicKeys();
  const publicKey = Buffer.from(key?.public_key ?? "", "base64").toString("base64url");
  const args = [file("verify.mjs", script), exported, publicKey, ...anchors];
  const run = promisify(execFile)(process.execPath, args);
  return run.then(
    ({ stdout }) => stdout.trim(),
    (error: { stderr: string }) => /Error: (.*)/.exec(error.stderr)?.[1] ?? error.stderr,
  );
}

test("the documented script accepts an export, and names the first bad entry of one that was changed", async () => {
  const world = await grownChain(9, 7);
  expect(await verifyOffline(world)).toBe("9 entries, 7 of them anchored");
  Object.assign(world.log[3] ?? {}, { outcome: "failure" });
  expect(await verifyOffline(world)).toBe("first bad entry: 4");
  world.log.splice(3);
  expect(await verifyOffline(world)).toBe("first bad entry: 4");
});
