import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { z } from "zod";
import { makeCrossableFolder } from "../local/data-folder.ts";
import { migrate } from "../local/migrate.ts";
import { startNeonBridge } from "../local/neon-bridge.ts";
import { removePostgresFiles } from "../local/postgres-home.ts";
import { startPostgres } from "../local/postgres.ts";
import type { Run } from "../local/run-command.ts";
import { startSandbox } from "../local/sandbox/start-sandbox.ts";
import { seedDemo } from "../local/seed.ts";
import type { Teardown } from "../local/teardown.ts";
import { newMasterKeys, workerSettings } from "../local/worker-settings.ts";

/** What the Worker needs around it, in a folder that goes when the run ends. */
export interface Neighbours {
  folder: string;
  apiKey: string;
  /** The Worker's variables. */
  settings: Record<string, string>;
  sandbox: SandboxControl;
}

export class SandboxControl {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** Calls received by all providers since the start. */
  async calls(): Promise<number> {
    const response = await fetch(`${this.#url}/__control/calls`);
    const counts = z.record(z.string(), z.int()).parse(await response.json());
    return Object.values(counts).reduce((sum, count) => sum + count, 0);
  }

  /** Every provider takes this long to answer. */
  async delay(latencyMs: number): Promise<void> {
    const response = await fetch(`${this.#url}/__control/faults`, {
      method: "POST",
      body: JSON.stringify({ latency_ms: latencyMs }),
    });
    if (!response.ok) throw new Error(`the sandbox refused the delay: ${await response.text()}`);
  }
}

export async function startNeighbours(run: Run, teardown: Teardown): Promise<Neighbours> {
  const folder = mkdtempSync(path.join(tmpdir(), "ma-bench-"));
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  teardown.add("The folder", removeFolder);
  // A second Ctrl-C leaves at once, without the teardown.
  process.once("exit", removeFolder);
  makeCrossableFolder(folder);
  const dataDir = path.join(folder, "postgres");
  teardown.add("The database files", () => removePostgresFiles(dataDir));
  const postgres = await startPostgres({
    dataDir,
    durable: false,
    signal: run.signal,
    onStart: (child) => {
      run.children.add(child);
      teardown.add("Postgres", () => child.stop());
    },
    say: () => undefined,
  });
  await migrate(postgres.url);
  const { apiKey } = await seedDemo(postgres.url);
  const bridge = await startNeonBridge({ target: postgres.url });
  teardown.add("The Neon bridge", () => bridge.stop());
  const sandbox = await startSandbox({ port: 0 });
  teardown.add("The provider sandbox", () => sandbox.stop());
  const local = workerSettings({
    databaseUrl: postgres.url,
    bridgeUrl: bridge.url,
    sandboxUrl: sandbox.url,
    metricsToken: "bench-metrics-token",
    masterKeys: newMasterKeys(),
  });
  // As in production: a stack for developers logs every request.
  const settings = { ...local, LOG_SAMPLE: "", QUERY_HEADERS: "" };
  return { folder, apiKey, settings, sandbox: new SandboxControl(sandbox.url) };
}
