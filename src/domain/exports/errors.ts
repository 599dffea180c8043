import type { PushedRecord } from "./ports.ts";

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
  /** Results of the first rows, which need no second push; the rows after them were not written, as far as we know. */
  readonly done: PushedRecord[];

  constructor(retryAfterMs: number, done: PushedRecord[] = []) {
    super(`busy for ${retryAfterMs} ms`);
    this.retryAfterMs = retryAfterMs;
    this.done = done;
  }
}

/** The format cannot hold that many companies. */
export class FileTooLarge extends Error {
  readonly failure = "file_too_large";

  constructor() {
    super("file too large");
  }
}

/** The task or list whose companies were to be written was deleted meanwhile. */
export class SelectionGone extends Error {
  readonly failure = "selection_gone";

  constructor() {
    super("selection gone");
  }
}

/** Postgres gave a page up: too many companies have to be read for it. */
export class QueryTooSlow extends Error {
  readonly failure = "query_too_slow";

  constructor() {
    super("query too slow");
  }
}

/** Parts or bytes of an unfinished file are gone, or not what was written. */
export class FileDamaged extends Error {
  constructor(cause?: unknown) {
    super("file damaged", { cause });
  }
}

/** The lease is another's, or the export is not wanted any more. */
export class NotOurs extends Error {
  constructor() {
    super("not ours");
  }
}
