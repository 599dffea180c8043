import type { Plan } from "../accounts/principal.ts";
import type { SourceName } from "../enrichment/source.ts";

export interface PaidCall {
  /** Who pays. */
  organisationId: string;
  source: SourceName;
  siren: string;
  /** The most credits that it can take. */
  credits: number;
}

export type Reservation = { granted: true } | { granted: false; retryAfterMs: number };

/** What became of a reservation: calls made, the last of which took the credits. */
export interface Settlement {
  calls: number;
  credits: number;
}

/**
 * Every call of a paid source: reserved before it is made, settled with what it cost, released when it was not made.
 * Throws `StorageUnavailable`: an uncounted call is not made. What is no longer reserved can't be settled or released.
 */
export interface Ledger {
  /**
   * Refused when the month's budget does not cover the most that the call can cost. `id` is the caller's, who may try
   * again when he did not hear: what is reserved already is granted, and not reserved twice.
   */
  reserve(id: string, call: PaidCall): Promise<Reservation>;
  /** Counted whole even when it is more than was reserved. */
  settle(id: string, settlement: Settlement): Promise<void>;
  release(id: string): Promise<void>;
}

/** `presumed`: nobody heard how the call ended, it counts as made. */
export const ENTRY_STATES = ["reserved", "settled", "released", "presumed"] as const;
export type EntryState = (typeof ENTRY_STATES)[number];

/** Money in millionths of a euro. */
export interface MonthUsage {
  plan: Plan;
  /** As it is today, whatever the month; null: no limit. */
  budgetMicros: number | null;
  spentMicros: number;
  /** For calls under way. */
  reservedMicros: number;
  credits: number;
  calls: number;
  bySource: { source: SourceName; calls: number; credits: number; micros: number }[];
}

export interface LedgerEntry {
  id: string;
  source: SourceName;
  siren: string;
  state: EntryState;
  /** null while it is reserved, like `micros` and `settledAt`. */
  credits: number | null;
  micros: number | null;
  reservedAt: string;
  settledAt: string | null;
}

export interface EntryFilter {
  /** `2026-11`, of the reservation. */
  month?: string | undefined;
  source?: SourceName | undefined;
  state?: EntryState | undefined;
}

/** What an organisation used. Throws `StorageUnavailable`. */
export interface UsageReports {
  month(organisationId: string, month: string): Promise<MonthUsage>;
  /** Newest first, those after the entry `after` (null: from the newest on). */
  entries(
    organisationId: string,
    filter: EntryFilter,
    page: { limit: number; after: string | null },
  ): Promise<LedgerEntry[]>;
}
