/** The statements of one piece of work. */
export class QueryTally {
  readonly #times = new Map<string, number>();
  #count = 0;
  #ms = 0;

  /** `statements`: by name, of one round trip. */
  add(statements: readonly string[], ms: number): void {
    for (const name of statements) this.#times.set(name, (this.#times.get(name) ?? 0) + 1);
    this.#count += statements.length;
    this.#ms += ms;
  }

  get count(): number {
    return this.#count;
  }

  get ms(): number {
    return this.#ms;
  }

  /** Statements that were run more often than `most` times. */
  repeated(most: number): { statement: string; times: number }[] {
    return [...this.#times].flatMap(([statement, times]) => (times > most ? [{ statement, times }] : []));
  }
}
