/** The service will refuse every record, whenever it is asked. `failure`: a code such as `airtable_unauthorised`. */
export class TableRefused extends Error {
  readonly failure: string;

  constructor(failure: string) {
    super(failure);
    this.failure = failure;
  }
}

/** The service takes nothing now, and may later. */
export class TableBusy extends Error {
  readonly retryAfterMs: number;

  constructor(retryAfterMs: number) {
    super(`busy for ${retryAfterMs} ms`);
    this.retryAfterMs = retryAfterMs;
  }
}
