import { createHash } from "node:crypto";
import { chmodSync, lstatSync, mkdirSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { LocalError } from "./local-error.ts";

export interface Account {
  uid: number;
  gid: number;
}

export const PROJECT_ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

/** Creates a folder that other accounts may cross but not list, whatever the umask. */
export function makeCrossableFolder(folder: string): void {
  const top = mkdirSync(folder, { recursive: true }) ?? folder;
  for (let current = folder; current.length >= top.length; current = path.dirname(current)) {
    chmodSync(current, 0o711);
  }
}

/** True when this account may reach what is in the folder: every folder on the way lets it cross. */
export function canCross(folder: string, account: Account): boolean {
  for (let current = path.resolve(folder); ; current = path.dirname(current)) {
    if (!letsCross(current, account)) return false;
    if (current === path.dirname(current)) return true;
  }
}

function letsCross(folder: string, account: Account): boolean {
  const { mode, uid, gid } = statSync(folder);
  if (uid === account.uid) return (mode & 0o100) !== 0;
  if (gid === account.gid) return (mode & 0o010) !== 0;
  return (mode & 0o001) !== 0;
}

/** The same folder each time for one project folder, outside of it. */
export function fallbackFolder(inside: string): string {
  const hash = createHash("sha256").update(inside).digest("hex").slice(0, 12);
  return path.join("/var/tmp", `ma-intelligence-api-${hash}`);
}

/** /var/tmp is everybody's: a folder of that name that somebody else prepared must not be trusted. */
export function makeOwnFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  const stat = lstatSync(folder);
  if (!stat.isDirectory() || stat.uid !== process.getuid?.() || (stat.mode & 0o022) !== 0) {
    throw new LocalError(`${folder} exists and is not ours. Remove it, then start again.`);
  }
  chmodSync(folder, 0o711);
}
