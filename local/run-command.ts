import type { Child } from "./child-process.ts";
import { LocalError } from "./local-error.ts";

/** npm passes a Ctrl-C on although the terminal already sent it to everybody: that is not a second one. */
const SAME_KEYPRESS_MS = 800;

/** One run of a local command, from its start to its exit. */
export interface Run {
  /** Aborted by Ctrl-C, SIGTERM, SIGHUP or when nobody reads our output any more. */
  signal: AbortSignal;
  /** Ended at once if we must leave without ceremony. */
  children: Set<Child>;
}

/** Runs a command to its exit code: 0 after a signal, 1 with a plain message after a failure. */
export async function runCommand(command: (run: Run) => Promise<number>): Promise<void> {
  const controller = new AbortController();
  const run: Run = { signal: controller.signal, children: new Set() };
  const killAll = (): void => {
    for (const child of run.children) child.killNow();
  };
  process.once("exit", killAll);
  listenForStop(controller);
  const code = await command(run).catch((error: unknown) => {
    if (run.signal.aborted) return 0;
    // A failure we did not foresee keeps its stack.
    console.error(error instanceof LocalError ? error.message : error);
    return 1;
  });
  if (run.signal.aborted) console.error("Stopped.");
  process.exit(code);
}

function listenForStop(controller: AbortController): void {
  const state = { firstAt: 0 };
  const stop = (signal: string): void => {
    if (!controller.signal.aborted) {
      state.firstAt = Date.now();
      console.error(`\n${signal}: stopping (press Ctrl-C again to force) …`);
      controller.abort();
    } else if (Date.now() - state.firstAt > SAME_KEYPRESS_MS) {
      process.exit(130);
    }
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stop(signal));
  process.stdout.on("error", () => controller.abort());
  process.stderr.on("error", () => undefined);
}
