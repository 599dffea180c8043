import type { TaskProgress } from "./ports.ts";
import { isTerminal } from "./task.ts";

const POLL_MS = 1_000;
/** Short tasks are over in seconds: their watchers see them move. */
const EAGER_POLL_MS = 250;
const EAGER_FOR_MS = 5_000;
export const HEARTBEAT_MS = 15_000;
/** Then the watcher comes back with what it has seen. */
export const LONGEST_MS = 55_000;

export type ProgressEvent =
  | { kind: "progress"; progress: TaskProgress }
  | { kind: "end"; progress: TaskProgress }
  | { kind: "heartbeat" };

export interface WatchDeps {
  /** The task as it is; null: nobody could tell this time. */
  read: () => Promise<TaskProgress | null>;
  /** Ends early when the watcher leaves. */
  sleep: (ms: number) => Promise<void>;
  hasLeft: () => boolean;
  now: () => number;
}

/**
 * What a watcher is told of a task: each change once, in order, none that it has seen (`seen`, a sequence number), the
 * end always, and something every 15 seconds. Over with the task, after 55 seconds, or when the watcher leaves.
 */
export async function* watchProgress(
  deps: WatchDeps,
  { first, seen }: { first: TaskProgress; seen: number },
): AsyncGenerator<ProgressEvent> {
  const from = deps.now();
  let progress = first;
  let sent = seen;
  let spokenAt = deps.now();
  while (!deps.hasLeft()) {
    const ended = isTerminal(progress.status);
    if (progress.seq > sent || ended) {
      yield { kind: "progress", progress };
      [sent, spokenAt] = [progress.seq, deps.now()];
    } else if (deps.now() - spokenAt >= HEARTBEAT_MS) {
      yield { kind: "heartbeat" };
      spokenAt = deps.now();
    }
    if (ended) {
      yield { kind: "end", progress };
      return;
    }
    const watched = deps.now() - from;
    if (watched >= LONGEST_MS) return;
    await deps.sleep(watched < EAGER_FOR_MS ? EAGER_POLL_MS : POLL_MS);
    progress = (await deps.read()) ?? progress;
  }
}
