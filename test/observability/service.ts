import { appendFileSync, mkdirSync } from "node:fs";
import path from "node:path";
import { startWorkerd } from "../../bench/workerd-server.ts";
import { migrate } from "../../local/migrate.ts";
import { startNeonBridge } from "../../local/neon-bridge.ts";
import { removePostgresFiles } from "../../local/postgres-home.ts";
import { type LocalPostgres, startPostgres } from "../../local/postgres.ts";
import type { Run } from "../../local/run-command.ts";
import { startSandbox } from "../../local/sandbox/start-sandbox.ts";
import { seedDemo } from "../../local/seed.ts";
import type { Teardown } from "../../local/teardown.ts";
import { newMasterKeys, workerSettings } from "../../local/worker-settings.ts";

const METRICS_TOKEN = "observability-metrics-token";

/** Differs from a stack for developers in these alone. */
const SETTINGS = {
  METRICS_FLUSH_MS: "1000",
  /** So dear that a few companies cost more than a provider may within a day. */
  CREDIT_PRICES: JSON.stringify({ pappers: 40, kaspr: 0.3 }),
};

/** The Worker with all it needs, on loopback. */
export interface Service {
  url: string;
  apiKey: string;
  metricsToken: string;
  sandboxUrl: string;
  /** Its database, away and back again. */
  database: { leave(): Promise<void>; comeBack(): Promise<unknown> };
}

/**
 * The bundle of a deployment in a workerd of its own. Not `wrangler dev`: its proxy gives up for good when a
 * connection is lost, which an outage under load brings about now and then.
 */
export async function startService(folder: string, run: Run, teardown: Teardown): Promise<Service> {
  const logs = path.join(folder, "logs");
  mkdirSync(logs, { recursive: true });
  const database = new Database(path.join(folder, "postgres"), logs, run);
  teardown.add("Postgres", () => database.remove());
  const { url: databaseUrl } = await database.comeBack();
  await migrate(databaseUrl);
  const { apiKey } = await seedDemo(databaseUrl);
  const bridge = await startNeonBridge({ target: databaseUrl });
  teardown.add("The Neon bridge", () => bridge.stop());
  const sandbox = await startSandbox({ port: 0 });
  teardown.add("The provider sandbox", () => sandbox.stop());
  const settings = workerSettings({
    databaseUrl,
    bridgeUrl: bridge.url,
    sandboxUrl: sandbox.url,
    metricsToken: METRICS_TOKEN,
    masterKeys: newMasterKeys(),
  });
  const worker = await startWorkerd({
    configPath: "wrangler.toml",
    script: "src/worker.ts",
    bindings: { ...settings, ...SETTINGS },
    folder: path.join(folder, "worker"),
    signal: run.signal,
    onLog: ({ message }) => appendFileSync(path.join(logs, "worker.log"), `${message}\n`),
  });
  teardown.add("The Worker", () => worker.stop());
  const url = `http://127.0.0.1:${worker.port}`;
  return { url, apiKey, metricsToken: METRICS_TOKEN, sandboxUrl: sandbox.url, database };
}

class Database {
  readonly #dataDir: string;
  readonly #logs: string;
  readonly #run: Run;
  #running: LocalPostgres | null = null;
  /** The first time's. */
  #port: number | null = null;

  constructor(dataDir: string, logs: string, run: Run) {
    this.#dataDir = dataDir;
    this.#logs = logs;
    this.#run = run;
  }

  async leave(): Promise<void> {
    await this.#running?.stop();
  }

  async comeBack(): Promise<LocalPostgres> {
    this.#running = await startPostgres({
      dataDir: this.#dataDir,
      durable: false,
      ...(this.#port !== null && { port: this.#port }),
      logFile: path.join(this.#logs, "postgres.log"),
      signal: this.#run.signal,
      onStart: (child) => this.#run.children.add(child),
      say: () => undefined,
    });
    this.#port = this.#running.port;
    return this.#running;
  }

  async remove(): Promise<void> {
    await this.leave();
    removePostgresFiles(this.#dataDir);
  }
}
