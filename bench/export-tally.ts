/** What a set of companies is recognised by. */
export class CompanyTally {
  readonly #sirens: number[] = [];
  /** Euros. */
  turnover = 0;

  /** `turnover`: null of a company that publishes none. Throws of what is no SIREN or no amount. */
  add(siren: string, turnover: number | null): void {
    if (!/^\d{9}$/.test(siren)) throw new Error(`not a SIREN: ${siren}`);
    if (turnover !== null && !Number.isSafeInteger(turnover)) throw new Error(`not whole euros: ${turnover}`);
    this.#sirens.push(Number(siren));
    this.turnover += turnover ?? 0;
  }

  get rows(): number {
    return this.#sirens.length;
  }

  /** In ascending order. */
  sirens(): Uint32Array {
    return Uint32Array.from(this.#sirens).sort();
  }

  /** What is wrong next to `truth`; nothing when they are the same companies, each once, in whatever order. */
  differences(truth: CompanyTally): string[] {
    const [mine, theirs] = [this.sirens(), truth.sirens()];
    const wrong: string[] = [];
    if (mine.length !== theirs.length) wrong.push(`${mine.length} rows, not ${theirs.length}`);
    const twice = mine.find((siren, index) => index > 0 && siren === mine[index - 1]);
    if (twice !== undefined) wrong.push(`SIREN ${twice} is there twice`);
    const other = mine.findIndex((siren, index) => siren !== theirs[index]);
    if (other !== -1) wrong.push(`SIREN ${mine[other]} where ${theirs[other]} is due`);
    if (this.turnover !== truth.turnover) wrong.push(`turnover ${this.turnover}, not ${truth.turnover}`);
    return wrong;
  }
}
