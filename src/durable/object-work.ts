import { describeError } from "../observability/describe-error.ts";
import type { Telemetry } from "../observability/telemetry.ts";
import { tellWork } from "../observability/wide-event.ts";
import { type Caller, currentWork, type Work } from "../observability/work.ts";

/** Runs what an object is asked for, or does by itself, as work of its own: in the trace of whoever asked. */
export class ObjectWork {
  readonly #telemetry: Telemetry;
  readonly #state: Pick<DurableObjectState, "waitUntil">;

  constructor(telemetry: Telemetry, state: Pick<DurableObjectState, "waitUntil">) {
    this.#telemetry = telemetry;
    this.#state = state;
  }

  /** Reports what the object caught and survives; at once, as the call that began it may have been answered by then. */
  reportSurvived(name: string, error: unknown): void {
    const telemetry = this.#telemetry;
    if (!telemetry.deps.config.enabled) return;
    const background = (later: Promise<unknown>): void => this.#state.waitUntil(later);
    telemetry.report(error, currentWork() ?? telemetry.newWork("object", name), background);
    telemetry.deps.flush.settle(background);
  }

  /**
   * `name`: class and method. `caller`: null for an alarm, undefined from a Worker that was deployed before it sent one.
   * What `run` throws is reported and thrown; what it answers is a failure when it adds `ok: false` to the work.
   */
  async run<Result>(
    name: string,
    caller: Caller | null | undefined,
    run: (work: Work) => Promise<Result>,
  ): Promise<Result> {
    const telemetry = this.#telemetry;
    const { now } = telemetry.deps;
    const background = (later: Promise<unknown>): void => this.#state.waitUntil(later);
    return telemetry.enter({ kind: "object", name, caller }, background, async (work) => {
      const started = now();
      const tell = (level: "info" | "error"): void =>
        tellWork(telemetry, work, { level, durationMs: now() - started });
      try {
        const result = await run(work);
        const failed = work.fields["ok"] === false;
        if (!failed) work.add({ ok: true });
        tell(failed ? "error" : "info");
        return result;
      } catch (error) {
        telemetry.report(error, work, background);
        work.add({ ok: false, error: describeError(error) });
        tell("error");
        throw error;
      }
    });
  }
}
