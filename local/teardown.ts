import { describeError } from "./local-error.ts";

interface Step {
  name: string;
  undo: () => Promise<void> | void;
}

/** What was brought up, taken down in the opposite order, once, each step whatever happened to the others. */
export class Teardown {
  readonly #steps: Step[] = [];
  #running: Promise<void> | null = null;

  add(name: string, undo: () => Promise<void> | void): void {
    this.#steps.push({ name, undo });
  }

  run(): Promise<void> {
    this.#running ??= this.#undoAll();
    return this.#running;
  }

  async #undoAll(): Promise<void> {
    for (const { name, undo } of this.#steps.toReversed()) {
      try {
        await undo();
      } catch (error) {
        console.error(`${name} did not stop cleanly: ${describeError(error)}`);
      }
    }
  }
}
