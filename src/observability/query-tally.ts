/** The statements of one piece of work. */
export class QueryTally {
  #times: Map<string, number> | null = null;
  #count = 0;
  #ms = 0;

  /** `statements`: by name, of one round trip. */
  add(statements: readonly string[], ms: number): void {
    const times = (this.#times ??= new Map<string, number>());
    for (const name of statements) times.set(name, (times.get(name) ?? 0) + 1);
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
    return [...(this.#times ?? [])].flatMap(([statement, times]) =>
      times > most ? [{ statement, times }] : [],
    );
  }
}
