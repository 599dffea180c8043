import { ConfigurationError } from "../config/config.ts";
import type { Telemetry } from "../observability/telemetry.ts";
import { buildBase } from "../services/base.ts";

/**
 * For objects whose calls are too many and too short for a line and a span each: what they throw is reported all the
 * same. What reporting takes is built when something was thrown.
 */
export class ObjectErrors {
  readonly #state: Pick<DurableObjectState, "waitUntil">;
  readonly #env: Env;
  /** One method may call another, and many wait for one write: what they all throw is told once. */
  #last: unknown;

  constructor(state: Pick<DurableObjectState, "waitUntil">, env: Env) {
    this.#state = state;
    this.#env = env;
  }

  /** `name`: class and method. What `run` throws is reported and thrown. */
  async reported<Result>(name: string, run: () => Result | Promise<Result>): Promise<Result> {
    try {
      return await run();
    } catch (error) {
      this.#report(name, error);
      throw error;
    }
  }

  /** As `reported`, of what is answered at once. */
  reportedNow<Result>(name: string, run: () => Result): Result {
    try {
      return run();
    } catch (error) {
      this.#report(name, error);
      throw error;
    }
  }

  #report(name: string, error: unknown): void {
    if (error === this.#last) return;
    this.#last = error;
    const telemetry = this.#telemetry();
    if (telemetry === null) return;
    const background = (later: Promise<unknown>): void => this.#state.waitUntil(later);
    telemetry.report(error, telemetry.newWork("object", name), background);
    telemetry.deps.flush.settle(background);
  }

  /** null: a setting is wrong, so that nothing says whom to tell. The object's own error must not give way to that. */
  #telemetry(): Telemetry | null {
    try {
      return buildBase(this.#env).telemetry;
    } catch (error) {
      if (error instanceof ConfigurationError) return null;
      throw error;
    }
  }
}
