import type { Child } from "./child-process.ts";
import type { InstanceLock, LeftoverChild } from "./instance-lock.ts";
import type { Run } from "./run-command.ts";

/** Knows every process of a stack: writes it down in the lock, and tells when one ends unasked. */
export class ChildWatch {
  /** Settles with what to tell a person; never when all goes well. */
  readonly failed: Promise<string>;
  readonly #fail: (message: string) => void;
  readonly #run: Run;
  readonly #lock: InstanceLock;
  #stopping = false;

  constructor(run: Run, lock: InstanceLock) {
    this.#run = run;
    this.#lock = lock;
    const { promise, resolve } = Promise.withResolvers<string>();
    this.failed = promise;
    this.#fail = resolve;
  }

  /** From now on an ending child is no surprise. */
  expectEndings(): void {
    this.#stopping = true;
  }

  /** To be ended, but free to end by itself. */
  record(child: Child, how: { signal: LeftoverChild["signal"]; group: boolean }): void {
    this.#run.children.add(child);
    this.#lock.recordChild(child.pid, how);
    void child.exited.then(() => this.#run.children.delete(child));
  }

  /** Its end, unless asked for, is the end of the stack. */
  async watch(child: Child): Promise<void> {
    const ending = await child.exited;
    if (this.#stopping) return;
    const log = child.lastLines().join("\n");
    this.#fail(`${child.name} ${ending}. The end of ${child.logFile}:\n\n${log}\n`);
  }
}
