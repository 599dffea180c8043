/** Between two passages, for answers of Postgres and the like to be taken in before their deadline. */
const PAUSE_MS = 25;
const POLL_MS = 25;
/** A holder this many polls unchanged was cancelled with its request and will not leave. */
const PATIENCE = 400;

async function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}

/**
 * Lets one piece of work at a time through, and the event loop in between. Requests share numbers here, no promise:
 * the platform lets no request wait on another's.
 */
export class Turnstile {
  #tickets = 0;
  /** 0: nobody. */
  #holder = 0;

  async pass<Result>(work: () => Promise<Result>): Promise<Result> {
    const ticket = await this.#enter();
    try {
      return await work();
    } finally {
      await pause(PAUSE_MS);
      if (this.#holder === ticket) this.#holder = 0;
    }
  }

  async #enter(): Promise<number> {
    let seen = this.#holder;
    let polls = 0;
    while (this.#holder !== 0 && polls < PATIENCE) {
      await pause(POLL_MS);
      polls = this.#holder === seen ? polls + 1 : 0;
      seen = this.#holder;
    }
    this.#tickets += 1;
    this.#holder = this.#tickets;
    return this.#tickets;
  }
}
