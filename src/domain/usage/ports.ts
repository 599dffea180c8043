import type { SourceName } from "../enrichment/source.ts";

export interface PaidCall {
  organisationId: string;
  source: SourceName;
  siren: string;
}

export type Reservation = { granted: true; id: string } | { granted: false; retryAfterMs: number };

/**
 * Every call of a paid source: reserved before it is made, settled with what it cost, released when it was not made.
 * Throws `StorageUnavailable`: an uncounted call is not made.
 */
export interface Ledger {
  /** At the most the call can cost; refused when the month's budget does not cover that. */
  reserve(call: PaidCall): Promise<Reservation>;
  settle(id: string, credits: number): Promise<void>;
  release(id: string): Promise<void>;
}
