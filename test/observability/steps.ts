import { describeError } from "../../local/local-error.ts";

/** Runs one after the other what there is to show; each is told as a row of a table when it ends. */
export class Steps {
  readonly #say: (line: string) => void;
  readonly #begun = performance.now();

  constructor(say: (line: string) => void) {
    this.#say = say;
    this.#say(row("Step", "Result", "Seconds"));
    this.#say(row("-".repeat(34), "-".repeat(64), "-------"));
  }

  /** `show` answers what was found, in a few words, and what comes of it. What it throws ends the run. */
  async take<Found extends string | { said: string }>(
    name: string,
    show: () => Promise<Found>,
  ): Promise<Found> {
    const begun = performance.now();
    try {
      const found = await show();
      this.#say(row(name, typeof found === "string" ? found : found.said, since(begun)));
      return found;
    } catch (error) {
      this.#say(row(name, `FAILED: ${describeError(error)}`, since(begun)));
      throw error;
    }
  }

  end(): void {
    this.#say(row("All of it", "as expected", since(this.#begun)));
  }
}

function since(begun: number): string {
  return ((performance.now() - begun) / 1_000).toFixed(1);
}

function row(name: string, result: string, seconds: string): string {
  return `${name.padEnd(34)}  ${result.padEnd(64)}  ${seconds.padStart(7)}`;
}
