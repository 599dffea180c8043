import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Client } from "pg";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { startPostgres, type LocalPostgres, type PostgresOptions } from "../../../local/postgres.ts";

let dataDir: string;
let running: LocalPostgres | null;

function newDataDir(): string {
  return mkdtempSync(path.join(tmpdir(), "ma-postgres-"));
}

beforeEach(() => {
  running = null;
});

afterEach(async () => {
  await running?.stop();
});

async function start(more: Partial<PostgresOptions> = {}): Promise<LocalPostgres> {
  running = await startPostgres({ dataDir, durable: false, say: () => undefined, ...more });
  return running;
}

async function one(url: string, text: string): Promise<unknown> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<unknown[]>({ text, rowMode: "array" });
    return rows[0]?.[0];
  } finally {
    await client.end();
  }
}

/** Running programs with this folder on their command line; [] where there is no /proc to read. */
function commandsThatName(folder: string): string[] {
  if (!existsSync("/proc/self/cmdline")) return [];
  const commands = readdirSync("/proc").map((name) => {
    const file = `/proc/${name}/cmdline`;
    try {
      return /^\d+$/.test(name) ? readFileSync(file, "utf8") : "";
    } catch {
      return "";
    }
  });
  return commands.filter((command) => command.includes(folder));
}

describe("the embedded Postgres, start after start", () => {
  const shared = newDataDir();

  beforeEach(() => {
    dataDir = shared;
  });

  afterAll(() => rmSync(shared, { recursive: true, force: true }));

  test("is durable unless told otherwise, in UTC, with the extensions the migrations ask for", async () => {
    const { url } = await start({ durable: true, settings: { work_mem: "7MB" } });
    expect(await one(url, "SHOW fsync")).toBe("on");
    expect(await one(url, "SHOW timezone")).toBe("UTC");
    expect(await one(url, "SHOW work_mem")).toBe("7MB");
    expect(await one(url, "SHOW listen_addresses")).toBe("127.0.0.1");
    const names = ["pg_trgm", "unaccent", "btree_gin", "pg_stat_statements"];
    for (const name of names) await one(url, `CREATE EXTENSION ${name}`);
    expect(await one(url, "SELECT upper('é') || lower('Œ')")).toBe("Éœ");
    expect(await one(url, "SELECT similarity('éclair', 'éclair')")).toBe(1);
    expect(await one(url, "SELECT count(*) > 0 FROM pg_stat_statements")).toBe(true);
  });

  test("keeps its data between starts", async () => {
    const first = await start();
    await one(first.url, "CREATE TABLE kept AS SELECT 42 AS n");
    await first.stop();
    const second = await start();
    expect(await one(second.url, "SELECT n FROM kept")).toBe(42);
    expect(await one(second.url, "SHOW fsync")).toBe("off");
  });

  test("starts again after a kill that left its pid file", async () => {
    const first = await start({ durable: true });
    await one(first.url, "CREATE TABLE survivor AS SELECT 42 AS n");
    process.kill(first.child.pid, "SIGKILL");
    await first.child.exited;
    const pidFile = path.join(first.folder, "pgdata", "postmaster.pid");
    expect(existsSync(pidFile)).toBe(true);
    const second = await start();
    expect(await one(second.url, "SELECT n FROM survivor")).toBe(42);
  });

  test("is not stopped by a pid file whose number another program now has", async () => {
    const first = await start();
    await first.stop();
    const stranger = spawn("sleep", ["30"]);
    const pidFile = path.join(first.folder, "pgdata", "postmaster.pid");
    writeFileSync(pidFile, `${stranger.pid}\n${first.folder}\n0\n5432\n\n127.0.0.1\n`);
    try {
      const second = await start();
      expect(await one(second.url, "SELECT 1")).toBe(1);
    } finally {
      stranger.kill();
    }
  });

  test("names the process that already uses the folder", async () => {
    const first = await start();
    await expect(startPostgres({ dataDir, say: () => undefined })).rejects.toThrow(
      `Another Postgres (process ${first.child.pid}) uses`,
    );
  });

  test("its password is for us alone", async () => {
    const { url, folder } = await start();
    const wrong = new URL(url);
    wrong.password = "guess";
    await expect(one(wrong.toString(), "SELECT 1")).rejects.toMatchObject({ code: "28P01" });
    expect(readFileSync(path.join(folder, "cluster.json"), "utf8")).toContain(new URL(url).password);
  });
});

describe("a first start that goes wrong", () => {
  beforeEach(() => {
    dataDir = newDataDir();
  });

  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  test("makes anew what an interrupted first start left half made", async () => {
    mkdirSync(path.join(dataDir, "pgdata", "base"), { recursive: true });
    writeFileSync(path.join(dataDir, "initialising"), "");
    const { url } = await start();
    expect(await one(url, "SELECT 1")).toBe(1);
    expect(existsSync(path.join(dataDir, "initialising"))).toBe(false);
  });

  test("an abort during the first start leaves something that the next start repairs", async () => {
    const controller = new AbortController();
    const starting = start({
      signal: controller.signal,
      onStart: () => setTimeout(() => controller.abort(), 60),
    });
    await expect(starting).rejects.toThrow("aborted");
    expect(commandsThatName(dataDir)).toEqual([]);
    const { url } = await start();
    expect(await one(url, "SELECT 1")).toBe(1);
  });

  test.each([
    ["files of unknown origin", "cluster.json", "rm -rf"],
    ["a missing PG_VERSION", "pgdata/PG_VERSION", "PG_VERSION is missing"],
  ])("says how to repair %s", async (_, missing, message) => {
    const first = await start();
    await first.stop();
    rmSync(path.join(first.folder, missing));
    await expect(start()).rejects.toThrow(message);
    await expect(start()).rejects.toThrow(`rm -rf ${first.folder}`);
  });

  test("says that the files are of another version", async () => {
    const first = await start();
    await first.stop();
    writeFileSync(path.join(first.folder, "pgdata", "PG_VERSION"), "15\n");
    await expect(start()).rejects.toThrow("made by Postgres 15 and Postgres 18 is installed");
  });

  test("shows the server's own words when it cannot start", async () => {
    await expect(start({ settings: { shared_buffers: "plenty" } })).rejects.toThrow("shared_buffers");
  });
});
