import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { canCross, fallbackFolder, makeCrossableFolder, makeOwnFolder } from "../../../local/data-folder.ts";

const stranger = { uid: 4_000_000, gid: 4_000_000 };
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "ma-folder-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("others may cross what we make, whatever the umask, but not list it", () => {
  const before = process.umask(0o077);
  makeCrossableFolder(path.join(folder, "a", "b"));
  process.umask(before);
  for (const made of ["a", "a/b"]) expect(statSync(path.join(folder, made)).mode & 0o777).toBe(0o711);
});

test("one closed folder on the way is enough to keep an account out", () => {
  const inside = path.join(folder, "open", "inside");
  makeCrossableFolder(inside);
  chmodSync(folder, 0o755);
  expect(canCross(inside, stranger)).toBe(true);
  chmodSync(folder, 0o700);
  expect(canCross(inside, stranger)).toBe(false);
  const { uid, gid } = statSync(folder);
  expect(canCross(inside, { uid, gid: stranger.gid })).toBe(true);
  chmodSync(folder, 0o710);
  expect(canCross(inside, { uid: stranger.uid, gid })).toBe(true);
});

test("the fallback is the same each time, and another for another project", () => {
  expect(fallbackFolder("/root/a")).toBe(fallbackFolder("/root/a"));
  expect(fallbackFolder("/root/a")).not.toBe(fallbackFolder("/root/b"));
});

test("a folder that others could write to is not trusted", () => {
  const own = path.join(folder, "own");
  makeOwnFolder(own);
  makeOwnFolder(own);
  const theirs = path.join(folder, "theirs");
  mkdirSync(theirs);
  chmodSync(theirs, 0o777);
  expect(() => makeOwnFolder(theirs)).toThrow("is not ours");
});
