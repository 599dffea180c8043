import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { z } from "zod";
import { startChild, type Child, type Environment } from "./child-process.ts";
import { LocalError } from "./local-error.ts";
import type { PostgresHome } from "./postgres-home.ts";
import { processCommand } from "./process-identity.ts";

export const POSTGRES_USER = "ma";

const Marker = z.object({ password: z.string() });

export interface Cluster {
  pgdata: string;
  password: string;
}

export interface ClusterOptions {
  durable: boolean;
  onStart: (child: Child) => void;
  signal: AbortSignal | undefined;
}

/**
 * The database files: made on the first start, used again afterwards. Two markers tell how far it went:
 * `initialising` is written before anything else, `cluster.json` after everything else. The first without
 * the second proves that nothing was ever stored, so those files are made anew.
 */
export async function ensureCluster(home: PostgresHome, options: ClusterOptions): Promise<Cluster> {
  const pgdata = path.join(home.folder, "pgdata");
  const begun = path.join(home.folder, "initialising");
  const done = path.join(home.folder, "cluster.json");
  const password = readMarker(done);
  if (password !== null) {
    checkUsable(home, pgdata);
    removeStalePidFile(home, pgdata);
    return { pgdata, password };
  }
  if (hasFiles(pgdata) && !existsSync(begun)) throw damaged(home.folder, "its first start left no record");
  writeFileSync(begun, "");
  rmSync(pgdata, { recursive: true, force: true });
  const fresh = { pgdata, password: randomBytes(18).toString("base64url") };
  await initialise(home, fresh, options);
  writeFileSync(done, JSON.stringify({ password: fresh.password }), { mode: 0o600 });
  rmSync(begun);
  return fresh;
}

function readMarker(file: string): string | null {
  try {
    const parsed = Marker.safeParse(JSON.parse(readFileSync(file, "utf8")));
    return parsed.success ? parsed.data.password : null;
  } catch {
    return null;
  }
}

function hasFiles(folder: string): boolean {
  return existsSync(folder) && readdirSync(folder).length > 0;
}

function damaged(folder: string, why: string): LocalError {
  return new LocalError(
    `The database folder cannot be used: ${why}. Delete it, then start again: rm -rf ${folder}`,
  );
}

function checkUsable(home: PostgresHome, pgdata: string): void {
  const versionFile = path.join(pgdata, "PG_VERSION");
  if (!existsSync(versionFile)) throw damaged(home.folder, "PG_VERSION is missing");
  const made = readFileSync(versionFile, "utf8").trim();
  const installed = installedMajor(home);
  if (made !== installed) {
    throw damaged(home.folder, `it was made by Postgres ${made} and Postgres ${installed} is installed`);
  }
}

function installedMajor(home: PostgresHome): string {
  const text = execFileSync(path.join(home.binaries, "postgres"), ["--version"], { encoding: "utf8" });
  return /(\d+)(?:\.\d+)?/.exec(text)?.[1] ?? "?";
}

/** Postgres removes the file of a dead process itself, but not one whose number another program now has. */
function removeStalePidFile(home: PostgresHome, pgdata: string): void {
  const file = path.join(pgdata, "postmaster.pid");
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, "utf8").split("\n")[0]);
  const command = Number.isInteger(pid) && pid > 0 ? processCommand(pid) : null;
  if (command !== null && path.basename(command).startsWith("postgres")) {
    throw new LocalError(`Another Postgres (process ${pid}) uses ${home.folder}. Stop it: kill -INT ${pid}`);
  }
  rmSync(file);
}

async function initialise(home: PostgresHome, cluster: Cluster, options: ClusterOptions): Promise<void> {
  const passwordFile = path.join(home.folder, "initial-password");
  mkdirSync(cluster.pgdata, { mode: 0o700 });
  writeFileSync(passwordFile, `${cluster.password}\n`, { mode: 0o600 });
  for (const file of [cluster.pgdata, passwordFile]) giveTo(home, file);
  try {
    await runInitdb(home, options, [
      `--pgdata=${cluster.pgdata}`,
      `--username=${POSTGRES_USER}`,
      `--pwfile=${passwordFile}`,
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      // The same order and case rules on every machine; pg_trgm still asks the C library what a letter is.
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
      "--locale=C",
      `--lc-ctype=${utf8Locale()}`,
      ...(options.durable ? [] : ["--no-sync"]),
    ]);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

function giveTo({ account }: PostgresHome, file: string): void {
  if (account !== null) chownSync(file, account.uid, account.gid);
  else chmodSync(file, 0o700);
}

async function runInitdb(home: PostgresHome, options: ClusterOptions, args: string[]): Promise<void> {
  options.signal?.throwIfAborted();
  const child = await startChild({
    name: "initdb",
    command: path.join(home.binaries, "initdb"),
    args,
    cwd: "/",
    env: postgresEnvironment(),
    logFile: path.join(home.folder, "initdb.log"),
    stopSignals: ["SIGTERM", "SIGKILL"],
    graceMs: 3000,
    wholeGroup: true,
    account: home.account,
  });
  options.onStart(child);
  const stop = (): void => void child.stop();
  options.signal?.addEventListener("abort", stop, { once: true });
  const ending = await child.exited;
  options.signal?.removeEventListener("abort", stop);
  options.signal?.throwIfAborted();
  if (ending === "ended with code 0") return;
  throw new LocalError(
    `The database could not be created: initdb ${ending}\n${child.lastLines().join("\n")}`,
  );
}

/** Nothing of the person's own PG… variables or language settings. */
export function postgresEnvironment(): Environment {
  return { PATH: process.env["PATH"], LC_MESSAGES: "C", TZ: "UTC" };
}

function utf8Locale(): string {
  try {
    const installed = execFileSync("locale", ["-a"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).split("\n");
    const wanted = ["C.UTF-8", "C.utf8", "en_US.UTF-8", "en_US.utf8"];
    return wanted.find((name) => installed.includes(name)) ?? "C";
  } catch {
    return "C";
  }
}
