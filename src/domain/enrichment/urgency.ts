import type { Patience } from "./ports.ts";

/** How long a call may take its time: one that was begun for a batch turns urgent when a request joins it. */
export class Urgency {
  readonly #raised = Promise.withResolvers<void>();
  #patience: Patience;

  constructor(patience: Patience) {
    this.#patience = patience;
  }

  /** Of whoever waits for it now. */
  get patience(): Patience {
    return this.#patience;
  }

  /** Ends when somebody who is waiting has joined. */
  get raised(): Promise<void> {
    return this.#raised.promise;
  }

  raise(): void {
    this.#patience = "request";
    this.#raised.resolve();
  }
}
