import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import { promisify } from "node:util";
import { unstable_getMiniflareWorkerOptions } from "wrangler";
import { PROJECT_ROOT } from "../local/data-folder.ts";
import { describeError, LocalError } from "../local/local-error.ts";
import { wranglerEnvironment } from "../local/worker-process.ts";
import { childrenRunning } from "./process-cpu.ts";

const HOST = "127.0.0.1";
/** Wrangler's name for the settings outside of any environment. */
const TOP_LEVEL = "";
const require = createRequire(import.meta.url);

interface MiniflareInstance {
  ready: Promise<URL>;
  unsafeGetDirectURL(): Promise<URL>;
  getInspectorURL(): Promise<URL>;
  dispose(): Promise<void>;
}

interface MiniflareModule {
  Miniflare: new (options: unknown) => MiniflareInstance;
  convertV4MiniflareOptions: (options: object) => unknown;
  NoOpLog: new () => unknown;
}

/** The one that wrangler itself uses, so that one workerd version serves development, tests and benchmarks. */
const miniflare = createRequire(require.resolve("wrangler"))("miniflare") as MiniflareModule;

export interface WorkerdOptions {
  /** Wrangler's, relative to the project. */
  configPath: string;
  /** The Worker's entry, relative to the project. */
  script: string;
  bindings: Record<string, unknown>;
  /** For the bundle and for what KV, the cache and the Durable Objects store. */
  folder: string;
  signal: AbortSignal;
  /** Opens the inspector: what is measured then includes its part. */
  inspected?: boolean;
  /** Of the Worker's lines; without it warnings and errors are shown. */
  onLog?: (line: LogLine) => void;
}

export interface LogLine {
  level: string;
  message: string;
}

export interface WorkerdServer {
  port: number;
  /** Where the inspector lists its targets; null: it was not asked for. */
  inspector: URL | null;
  /** The workerd process that runs this bundle and nothing else. */
  pid: number;
  stop(): Promise<void>;
}

/**
 * Bundles a Worker as a deployment does and runs it in a workerd process of its own. Requests go to a socket
 * that workerd binds to the Worker itself: no proxy Worker and no Node process is on their way.
 */
export async function startWorkerd(options: WorkerdOptions): Promise<WorkerdServer> {
  const configPath = path.join(PROJECT_ROOT, options.configPath);
  const bundle = await buildBundle(configPath, options);
  const { workerOptions } = unstable_getMiniflareWorkerOptions(configPath, TOP_LEVEL);
  const before = new Set(childrenRunning("workerd"));
  const instance = keepingSignals(
    () =>
      new miniflare.Miniflare(
        miniflare.convertV4MiniflareOptions({
          ...workerOptions,
          modules: [{ type: "ESModule", path: bundle }],
          modulesRoot: path.dirname(bundle),
          bindings: Object.assign({}, workerOptions.bindings, options.bindings),
          host: HOST,
          port: 0,
          ...(options.inspected === true && { inspectorPort: 0 }),
          unsafeDirectSockets: [{ host: HOST, port: 0 }],
          defaultPersistRoot: path.join(options.folder, "state"),
          cf: false,
          log: new miniflare.NoOpLog(),
          handleStructuredLogs: options.onLog ?? showFaults,
        }),
      ),
  );
  try {
    await instance.ready;
    const { port } = await instance.unsafeGetDirectURL();
    const inspector = options.inspected === true ? await instance.getInspectorURL() : null;
    const started = childrenRunning("workerd").filter((pid) => !before.has(pid));
    const [pid] = started;
    if (pid === undefined || started.length > 1) throw new Error("cannot tell which workerd was started");
    return { port: Number(port), inspector, pid, stop: () => instance.dispose() };
  } catch (error) {
    await instance.dispose();
    throw error;
  }
}

/** Miniflare exits at once on a signal; ours has more to take down. */
function keepingSignals<Value>(create: () => Value): Value {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  const own = new Set(signals.flatMap((signal) => process.listeners(signal)));
  const value = create();
  for (const signal of signals) {
    for (const listener of process.listeners(signal)) if (!own.has(listener)) process.off(signal, listener);
  }
  return value;
}

/** The Worker's ordinary lines are dropped: thousands of them would drown the tables. */
function showFaults({ level, message }: LogLine): void {
  if (level === "warn" || level === "error") console.error(message);
}

async function buildBundle(configPath: string, options: WorkerdOptions): Promise<string> {
  const { script, folder, signal } = options;
  const outdir = path.join(folder, "bundle");
  const wrangler = path.join(PROJECT_ROOT, "node_modules", "wrangler", "bin", "wrangler.js");
  const entry = path.join(PROJECT_ROOT, script);
  const args = [
    "deploy",
    entry,
    "--dry-run",
    "--config",
    configPath,
    `--env=${TOP_LEVEL}`,
    "--outdir",
    outdir,
  ];
  const env = wranglerEnvironment(process.env, folder) as NodeJS.ProcessEnv;
  try {
    await promisify(execFile)(process.execPath, [wrangler, ...args], { cwd: PROJECT_ROOT, env, signal });
  } catch (error) {
    signal.throwIfAborted();
    throw new LocalError(`The bundle could not be built: ${describeError(error)}`, { cause: error });
  }
  return path.join(outdir, `${path.basename(script, ".ts")}.js`);
}
