import { errorKind } from "../lib/error-kind.ts";
import type { Telemetry } from "../observability/telemetry.ts";
import { tellWork } from "../observability/wide-event.ts";
import type { Caller } from "../observability/work.ts";

/** Runs what an object is asked for, or does by itself, as work of its own: in the trace of whoever asked. */
export class ObjectWork {
  readonly #telemetry: Telemetry;
  readonly #state: Pick<DurableObjectState, "waitUntil">;

  constructor(telemetry: Telemetry, state: Pick<DurableObjectState, "waitUntil">) {
    this.#telemetry = telemetry;
    this.#state = state;
  }

  /** `name`: class and method. `caller`: null for an alarm. What `run` throws is reported and thrown. */
  async run<Result>(name: string, caller: Caller | null, run: () => Promise<Result>): Promise<Result> {
    const telemetry = this.#telemetry;
    const { now } = telemetry.deps;
    const background = (later: Promise<unknown>): void => this.#state.waitUntil(later);
    return telemetry.enter({ kind: "object", name, caller }, background, async (work) => {
      const started = now();
      const tell = (level: "info" | "error"): void =>
        tellWork(telemetry, work, { level, durationMs: now() - started });
      try {
        const result = await run();
        tell("info");
        return result;
      } catch (error) {
        telemetry.report(error, work, background);
        work.add({ ok: false, error: errorKind(error) });
        tell("error");
        throw error;
      }
    });
  }
}
