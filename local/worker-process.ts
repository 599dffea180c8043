import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startChild, type Child, type Environment } from "./child-process.ts";
import { PROJECT_ROOT } from "./data-folder.ts";
import { describeError, LocalError } from "./local-error.ts";

const READY_DEADLINE_MS = 60_000;
const PROBE_TIMEOUT_MS = 3000;

export interface WorkerStart {
  port: number;
  dataDir: string;
  /**
   * Settings go through a file: they stay out of the process list, and with `--env-file` wrangler leaves a
   * person's own `.dev.vars`, and the real provider keys in it, alone.
   */
  envFile: string;
  logFile: string;
}

/** `wrangler dev`, without network, account or questions; it starts workerd anew should that die. */
export function startWorker({ port, dataDir, envFile, logFile }: WorkerStart): Promise<Child> {
  return startChild({
    name: "The Worker",
    command: process.execPath,
    args: [
      path.join(PROJECT_ROOT, "node_modules", "wrangler", "bin", "wrangler.js"),
      "dev",
      "--local",
      "--ip",
      "127.0.0.1",
      "--port",
      String(port),
      "--inspector-port",
      "0",
      "--persist-to",
      path.join(dataDir, "wrangler"),
      "--env-file",
      envFile,
      "--show-interactive-dev-session=false",
      "--log-level",
      "log",
    ],
    cwd: PROJECT_ROOT,
    env: wranglerEnvironment(process.env, dataDir),
    logFile,
    stopSignals: ["SIGTERM", "SIGKILL"],
    graceMs: 5000,
    wholeGroup: true,
  });
}

/** A proxy breaks wrangler's calls to itself, and an account's variables have no place in a local run. */
export function wranglerEnvironment(own: Environment, dataDir: string): Environment {
  const kept = Object.entries(own).filter(([name]) => !/^(?:CLOUDFLARE_|CF_|WRANGLER_)|_proxy$/i.test(name));
  return {
    ...Object.fromEntries(kept),
    CI: "1",
    no_proxy: "localhost,127.0.0.1",
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
    CLOUDFLARE_LOAD_DEV_VARS_FROM_DOT_ENV: "true",
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_SEND_ERROR_REPORTS: "false",
    WRANGLER_HIDE_BANNER: "true",
    WRANGLER_NO_SKILLS_UPDATE_PROMPTS: "true",
    WRANGLER_LOG_PATH: path.join(dataDir, "logs", "wrangler"),
    // Where wrangler would look for a login, and writes: not in a person's home.
    XDG_CONFIG_HOME: path.join(dataDir, "config"),
    WRANGLER_REGISTRY_PATH: path.join(dataDir, "registry"),
  };
}

/** Until `GET /ready` answers 200; a child that ends or takes too long is an error with its last lines. */
export async function waitForWorker(child: Child, url: string, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + READY_DEADLINE_MS;
  for (;;) {
    signal.throwIfAborted();
    const obstacle = await probe(`${url}/ready`, signal);
    if (obstacle === null) return;
    if (child.hasExited()) throw notReady(child, await child.exited);
    if (Date.now() > deadline) throw notReady(child, `is not ready after a minute (${obstacle})`);
    await sleep(100);
  }
}

function notReady(child: Child, what: string): LocalError {
  const log = child.lastLines(25).join("\n");
  return new LocalError(`${child.name} ${what}. The end of ${child.logFile}:\n\n${log}\n`);
}

async function probe(url: string, signal: AbortSignal): Promise<string | null> {
  try {
    const response = await fetch(url, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(PROBE_TIMEOUT_MS)]),
    });
    const body = await response.text();
    return response.status === 200 ? null : `GET /ready answers ${response.status}: ${body.slice(0, 500)}`;
  } catch (error) {
    return describeError(error);
  }
}
