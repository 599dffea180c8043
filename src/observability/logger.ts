/** Writes one JSON line per event. No key, token, body or personal datum ever goes in. */
export class Logger {
  readonly #write: (line: string) => void;
  readonly #now: () => number;

  constructor(write: (line: string) => void, now: () => number) {
    this.#write = write;
    this.#now = now;
  }

  event(name: string, fields: Record<string, string | number | boolean | null>): void {
    this.#write(JSON.stringify({ at: new Date(this.#now()).toISOString(), event: name, ...fields }));
  }
}
