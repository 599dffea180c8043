import { mkdirSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { startChild, type Child } from "./child-process.ts";
import { freePort } from "./free-port.ts";
import { describeError, errorCode, LocalError } from "./local-error.ts";
import { ensureCluster, POSTGRES_USER, postgresEnvironment, type Cluster } from "./postgres-cluster.ts";
import { preparePostgresHome, type PostgresHome } from "./postgres-home.ts";

const DATABASE = "ma_intelligence";
const START_DEADLINE_MS = 60_000;

export interface PostgresOptions {
  dataDir: string;
  /** A free one when left out. */
  port?: number;
  /** false: faster and lost on a power cut; for data that a test throws away. Default true. */
  durable?: boolean;
  /** Server settings on top of ours, such as `shared_buffers`. */
  settings?: Record<string, string>;
  logFile?: string;
  signal?: AbortSignal;
  /** Each process as soon as it exists, so that the caller can end it whatever happens next. */
  onStart?: (child: Child) => void;
  say?: (line: string) => void;
}

export interface LocalPostgres {
  url: string;
  port: number;
  /** Where the files really are: not `dataDir` when root runs the project from a closed folder. */
  folder: string;
  child: Child;
  stop(): Promise<void>;
}

/** A Postgres of our own on loopback, from the npm package: no Docker, no system service. */
export async function startPostgres(options: PostgresOptions): Promise<LocalPostgres> {
  const home = preparePostgresHome(path.resolve(options.dataDir), options.say ?? console.log);
  const durable = options.durable ?? true;
  const onStart = options.onStart ?? ((): void => undefined);
  const cluster = await ensureCluster(home, { durable, onStart, signal: options.signal });
  const port = options.port ?? (await freePort());
  options.signal?.throwIfAborted();
  const child = await startServer({ home, cluster, port, options });
  onStart(child);
  try {
    const url = (database: string): string =>
      `postgres://${POSTGRES_USER}:${cluster.password}@127.0.0.1:${port}/${database}?sslmode=disable`;
    await waitUntilReady(child, url("postgres"), options.signal);
    await ensureDatabase(url("postgres"));
    return { url: url(DATABASE), port, folder: home.folder, child, stop: () => child.stop() };
  } catch (error) {
    await child.stop();
    throw error;
  }
}

interface ServerStart {
  home: PostgresHome;
  cluster: Cluster;
  port: number;
  options: PostgresOptions;
}

function startServer({ home, cluster, port, options }: ServerStart): Promise<Child> {
  const settings: Record<string, string> = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: "200",
    shared_preload_libraries: "pg_stat_statements",
    timezone: "UTC",
    log_timezone: "UTC",
    ...(options.durable === false && { fsync: "off", synchronous_commit: "off", full_page_writes: "off" }),
    ...options.settings,
  };
  const logFile = options.logFile ?? path.join(home.folder, "postgres.log");
  mkdirSync(path.dirname(logFile), { recursive: true });
  return startChild({
    name: "Postgres",
    command: path.join(home.binaries, "postgres"),
    args: [
      "-D",
      cluster.pgdata,
      "-p",
      String(port),
      ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    ],
    cwd: "/",
    env: postgresEnvironment(),
    logFile,
    // SIGINT: sessions are cut and a checkpoint is made. SIGQUIT: at once, recovered on the next start.
    stopSignals: ["SIGINT", "SIGQUIT"],
    graceMs: 8000,
    wholeGroup: false,
    account: home.account,
  });
}

async function waitUntilReady(child: Child, url: string, signal?: AbortSignal): Promise<void> {
  const deadline = Date.now() + START_DEADLINE_MS;
  for (;;) {
    signal?.throwIfAborted();
    const failure = await tryToConnect(url);
    if (failure === null) return;
    if (child.hasExited() || Date.now() > deadline || errorCode(failure) === "28P01") {
      const log = child.lastLines().join("\n");
      throw new LocalError(`Postgres did not start (${describeError(failure)}). Its last lines:\n${log}`);
    }
    await sleep(30);
  }
}

async function tryToConnect(url: string): Promise<unknown> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  client.on("error", () => undefined);
  try {
    await client.connect();
    return null;
  } catch (error) {
    return error;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function ensureDatabase(adminUrl: string): Promise<void> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const found = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [DATABASE]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
}
