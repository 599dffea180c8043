type Outcome<Result> = { ok: true; value: Result } | { ok: false; error: unknown };

/** Work that is run once, however often it is asked for: whoever records it neither sees what it throws nor repeats it. */
export class Once<Result> {
  outcome: Outcome<Result> | null = null;
  #running: Promise<Outcome<Result>> | null = null;
  readonly #run: () => Promise<Result>;

  constructor(run: () => Promise<Result>) {
    this.#run = run;
  }

  async settle(): Promise<Outcome<Result>> {
    this.#running ??= this.#begin();
    return this.#running;
  }

  async result(): Promise<Result> {
    const outcome = await this.settle();
    if (!outcome.ok) throw outcome.error;
    return outcome.value;
  }

  async #begin(): Promise<Outcome<Result>> {
    try {
      this.outcome = { ok: true, value: await this.#run() };
    } catch (error) {
      this.outcome = { ok: false, error };
    }
    return this.outcome;
  }
}
