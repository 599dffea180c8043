const MINUTE_MS = 60_000;

/** So many a minute: what happens a thousand times at once is told often enough, and counted all the same. */
export class MinuteBudget {
  readonly #most: number;
  #until = 0;
  #left = 0;

  constructor(most: number) {
    this.#most = most;
  }

  take(now: number): boolean {
    // A clock that was set back must not leave it empty until then.
    if (now >= this.#until || this.#until - now > MINUTE_MS) {
      this.#until = now + MINUTE_MS;
      this.#left = this.#most;
    }
    this.#left -= 1;
    return this.#left >= 0;
  }
}
