import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { NDJSON } from "../../../../src/domain/audit/export-format.ts";
import { type ChainWorld, grownChain } from "./memory-chain.ts";

const folder = mkdtempSync(path.join(tmpdir(), "audit-"));

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function file(name: string, text: string): string {
  writeFileSync(path.join(folder, name), text);
  return path.join(folder, name);
}

type Keys = { key_id: string; public_key: string }[];

/** Runs the script that docs/audit.md gives to third parties. */
async function verifyOffline(world: ChainWorld, keys?: Keys, anchorFiles?: string[]): Promise<string> {
  const [, script = ""] = /```js\n([\s\S]*?)```/.exec(readFileSync("docs/audit.md", "utf8")) ?? [];
  const page = { data: [...world.anchors.values()], next_cursor: null, has_more: false };
  const noted = keys ?? (await world.signer.publicKeys());
  const args = [
    file("verify.mjs", script),
    file("export.ndjson", world.log.map(NDJSON.line).join("")),
    file("keys.json", JSON.stringify(noted)),
    ...(anchorFiles ?? [file("anchors.json", JSON.stringify(page))]),
  ];
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

test("the documented script knows every generation of keys that was noted, and no other", async () => {
  const world = await grownChain(7, 3);
  const first = await world.signer.publicKeys();
  world.keyring.rotate();
  await world.chain.anchor();
  const both = await world.signer.publicKeys();
  expect(both).toHaveLength(2);
  expect(await verifyOffline(world, both)).toBe("7 entries, 7 of them anchored");
  expect(await verifyOffline(world, first)).toBe("anchor 4 to 7: no key dk_2 was noted");
  const forged = both.map((key, index) => ({ ...key, public_key: both[1 - index]?.public_key ?? "" }));
  expect(await verifyOffline(world, forged)).toBe("anchor 1 to 3: signature");
});

test("the documented script takes anchors from the archive too, and misses one that is left out", async () => {
  const world = await grownChain(7, 3);
  await world.chain.anchor();
  const files = [...world.anchors].map(([to, anchor]) => file(`${to}.json`, JSON.stringify(anchor)));
  expect(await verifyOffline(world, undefined, files.toReversed())).toBe("7 entries, 7 of them anchored");
  expect(await verifyOffline(world, undefined, files.slice(1))).toBe("no anchor for entry 1");
});
