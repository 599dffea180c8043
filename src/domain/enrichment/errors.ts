import { errorKind } from "../../lib/error-kind.ts";
import type { SourceFault } from "./ports.ts";

/** Not stored; or, `asked`, all requested sources answered and none knows it. */
export class CompanyNotFound extends Error {
  readonly code = "company.not_found";
  readonly asked: boolean;

  constructor({ asked }: { asked: boolean }) {
    super("company not found");
    this.asked = asked;
  }
}

/** Not stored, and only a source that looks up known companies was named. */
export class RegisterSourceNeeded extends Error {
  readonly code = "enrichment.register_source_needed";

  constructor() {
    super("register source needed");
  }
}

/** Nothing is known of the company and a source could not be asked: it may exist. */
export class EnrichmentUnavailable extends Error {
  readonly code = "enrichment.unavailable";
  readonly faults: SourceFault[];
  readonly retryAfterSeconds: number;

  constructor(faults: SourceFault[]) {
    super("no source could answer");
    this.faults = faults;
    const waits = faults.flatMap(({ retryAfterMs }) => retryAfterMs ?? []);
    this.retryAfterSeconds = Math.max(1, Math.ceil((waits.length > 0 ? Math.min(...waits) : 5_000) / 1_000));
  }
}

/** Postgres, or the object in front of it, could not be reached, or refused what we gave it. */
export class StorageUnavailable extends Error {
  readonly code = "storage.unavailable";
  readonly retryAfterSeconds = 5;
  /** The database was there and found fault with the statement: trying again mends nothing. */
  readonly refused: boolean;

  constructor(cause: unknown, { refused } = { refused: false }) {
    super(`storage unavailable: ${typeof cause === "string" ? cause : errorKind(cause)}`);
    this.refused = refused || (cause instanceof StorageUnavailable && cause.refused);
  }
}
