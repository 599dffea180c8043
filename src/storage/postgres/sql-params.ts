/** Collects the parameters of a statement that is put together from conditions. */
export class SqlParams {
  readonly values: unknown[] = [];

  /** Keeps the value; its place in the text, such as `$3`. */
  add(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }
}
