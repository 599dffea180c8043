import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ChildWatch } from "./child-watch.ts";
import { countOf } from "./count-of.ts";
import { startCrons } from "./crons.ts";
import { makeCrossableFolder } from "./data-folder.ts";
import { readDevInfo, writeSecretFile, type DevInfo } from "./dev-info.ts";
import { ensurePortFree } from "./free-port.ts";
import { acquireLock, type InstanceLock, type LeftoverChild } from "./instance-lock.ts";
import { LocalError } from "./local-error.ts";
import { migrate } from "./migrate.ts";
import { startNeonBridge } from "./neon-bridge.ts";
import { startPostgres, type LocalPostgres } from "./postgres.ts";
import { isStillRunning } from "./process-identity.ts";
import type { Run } from "./run-command.ts";
import { startSandbox } from "./sandbox/start-sandbox.ts";
import { seedDemo, type DemoAccount } from "./seed.ts";
import { Teardown } from "./teardown.ts";
import { startWorker, waitForWorker } from "./worker-process.ts";
import { formatEnvFile, newMasterKeys, sinkSettings, workerSettings } from "./worker-settings.ts";

export interface StackOptions {
  /** Everything the stack writes: database, KV, logs, `dev.json`. */
  dataDir: string;
  /** Of `dataDir`, from `holdDataFolder`; released when the stack stops. */
  lock: InstanceLock;
  port: number;
  /** See startPostgres. */
  durable?: boolean;
  /** Runs the Worker's crons, but not the nightly one. */
  crons?: boolean;
  run: Run;
  say: (line: string) => void;
}

export interface Stack {
  url: string;
  devInfo: DevInfo;
  /** Settles, with what to tell, when a piece ends that should not have. */
  failed: Promise<string>;
  stop(): Promise<void>;
}

/** Brings everything up in order, or, after any failure or signal, takes down again what was up. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const teardown = new Teardown();
  try {
    return await bringUp(options, teardown);
  } catch (error) {
    await teardown.run();
    throw error;
  }
}

/** One instance per data folder; what a killed predecessor left running is ended first. */
export async function holdDataFolder(lockFile: string, port: number): Promise<InstanceLock> {
  const lock = acquireLock(lockFile, `http://127.0.0.1:${port}`);
  await Promise.all(lock.leftovers.map(endLeftover));
  return lock;
}

async function endLeftover(child: LeftoverChild): Promise<void> {
  const target = child.group ? -child.pid : child.pid;
  for (const signal of [child.signal, "SIGKILL"] as const) {
    if (!isStillRunning(child)) return;
    process.kill(target, signal);
    const deadline = Date.now() + 8000;
    while (isStillRunning(child) && Date.now() < deadline) await sleep(50);
  }
}

async function bringUp(options: StackOptions, teardown: Teardown): Promise<Stack> {
  const { dataDir, port, lock, run } = options;
  const watch = new ChildWatch(run, lock);
  teardown.add("The lock", () => lock.release());
  await ensurePortFree(port);
  makeCrossableFolder(dataDir);
  mkdirSync(path.join(dataDir, "logs"), { recursive: true });
  const up: BringUp = { options, teardown, watch };
  const database = await bringUpDatabase(up);
  run.signal.throwIfAborted();
  const known = readDevInfo(path.join(dataDir, "dev.json"));
  const masterKeys = known?.master_keys ?? newMasterKeys();
  const account = await prepareDatabase(up, database, known);
  const neighbours = await bringUpNeighbours(up, database);
  const devInfo: DevInfo = {
    url: `http://127.0.0.1:${port}`,
    api_key: account.apiKey,
    email: account.email,
    password: account.password,
    sandbox_url: neighbours.sandboxUrl,
    database_url: database.url,
    metrics_token: randomBytes(24).toString("base64url"),
    master_keys: masterKeys,
  };
  run.signal.throwIfAborted();
  await bringUpWorker(up, devInfo, neighbours.bridgeUrl);
  writeSecretFile(path.join(dataDir, "dev.json"), `${JSON.stringify(devInfo, null, 2)}\n`);
  if (options.crons === true) {
    const crons = startCrons(devInfo.url, options.say);
    teardown.add("The crons", () => crons.stop());
  }
  teardown.add("The watch", () => watch.expectEndings());
  return { url: devInfo.url, devInfo, failed: watch.failed, stop: () => teardown.run() };
}

interface BringUp {
  options: StackOptions;
  teardown: Teardown;
  watch: ChildWatch;
}

async function bringUpDatabase({ options, teardown, watch }: BringUp): Promise<LocalPostgres> {
  const { dataDir, durable, run, say } = options;
  const database = await startPostgres({
    dataDir: path.join(dataDir, "postgres"),
    durable: durable ?? true,
    logFile: path.join(dataDir, "logs", "postgres.log"),
    signal: run.signal,
    onStart: (child) => watch.record(child, { signal: "SIGINT", group: false }),
    say,
  });
  teardown.add("Postgres", () => database.stop());
  void watch.watch(database.child);
  return database;
}

async function prepareDatabase(
  { options }: BringUp,
  database: LocalPostgres,
  known: DevInfo | null,
): Promise<DemoAccount> {
  const migrations = await migrate(database.url);
  const account = await seedDemo(database.url, known);
  options.say(`Database   Postgres on port ${database.port}, ${countOf(migrations, "migration")} applied`);
  return account;
}

interface Neighbours {
  bridgeUrl: string;
  sandboxUrl: string;
}

async function bringUpNeighbours(
  { options, teardown }: BringUp,
  database: LocalPostgres,
): Promise<Neighbours> {
  const bridge = await startNeonBridge({ target: database.url });
  teardown.add("The Neon bridge", () => bridge.stop());
  const sandbox = await startSandbox({ port: 0 });
  teardown.add("The provider sandbox", () => sandbox.stop());
  options.say(`Providers  all simulated, at ${sandbox.url}`);
  return { bridgeUrl: bridge.url, sandboxUrl: sandbox.url };
}

async function bringUpWorker(up: BringUp, devInfo: DevInfo, bridgeUrl: string): Promise<void> {
  const { dataDir, port, run, say } = up.options;
  const envFile = path.join(dataDir, "worker.env");
  const settings = workerSettings({
    databaseUrl: devInfo.database_url,
    bridgeUrl,
    sandboxUrl: devInfo.sandbox_url,
    metricsToken: devInfo.metrics_token,
    masterKeys: devInfo.master_keys,
  });
  writeSecretFile(envFile, formatEnvFile({ ...settings, ...sinkSettings(process.env) }));
  const logFile = path.join(dataDir, "logs", "worker.log");
  const worker = await startWorker({ port, dataDir, envFile, logFile });
  up.teardown.add("The Worker", () => worker.stop());
  up.watch.record(worker, { signal: "SIGTERM", group: true });
  await Promise.race([waitForWorker(worker, devInfo.url, run.signal), rejectWhenFailed(up.watch)]);
  void up.watch.watch(worker);
  say(`Worker     ready, its log is ${path.relative(process.cwd(), logFile)}`);
}

async function rejectWhenFailed(watch: ChildWatch): Promise<never> {
  throw new LocalError(await watch.failed);
}
