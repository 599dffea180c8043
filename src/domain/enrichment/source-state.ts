import { z } from "zod";
import { SourceName } from "./source.ts";
import {
  ADAPTIVE,
  NOT_FOUND_TTL_MS,
  PARTIAL_TTL_MS,
  SOURCE_POLICIES,
  STALE_WHILE_REVALIDATE_MS,
  TTL_JITTER,
} from "./source-policy.ts";
import { SourceRecord } from "./source-record.ts";

/** What one source said last of one company, and until when that counts as fresh. */
export const SourceState = z.object({
  source: SourceName,
  /** null: the source knows no such company. */
  record: SourceRecord.nullable(),
  record_hash: z.string(),
  /** The source answered with parts missing (Pappers 206). */
  partial: z.boolean(),
  retrieved_at: z.iso.datetime(),
  fresh_until: z.iso.datetime(),
  /** Consecutive refreshes that brought nothing new: what the adaptive TTL grows with. */
  unchanged: z.int().nonnegative(),
  /** Set when a source that knew the company says it does not: the record is kept, as stale. */
  vanished: z.boolean(),
});

export type SourceState = z.infer<typeof SourceState>;

export interface SourceReading {
  source: SourceName;
  record: SourceRecord | null;
  record_hash: string;
  partial: boolean;
}

export type Freshness = "fresh" | "stale" | "expired";

function ttlMs(reading: SourceReading, unchanged: number, changed: boolean): number {
  if (reading.record === null) return NOT_FOUND_TTL_MS;
  if (reading.partial) return PARTIAL_TTL_MS;
  const factor = changed ? ADAPTIVE.changed : Math.min(ADAPTIVE.max, 1 + unchanged * ADAPTIVE.step);
  return SOURCE_POLICIES[reading.source].ttlMs * factor;
}

/**
 * The state after a reading. `chance` in [0, 1) spreads expiries by ±10 %, so that a batch read together
 * does not expire together.
 */
export function nextState(
  previous: SourceState | undefined,
  reading: SourceReading,
  moment: { now: number; chance: number },
): SourceState {
  const known = previous !== undefined && previous.record !== null ? previous : null;
  const vanished = reading.record === null && known !== null;
  const kept = reading.record === null && known !== null ? known : reading;
  const changed = previous !== undefined && !vanished && previous.record_hash !== reading.record_hash;
  // A caller who asks again before its time must not stretch the freshness of everybody else.
  const due = previous !== undefined && moment.now >= Date.parse(previous.fresh_until);
  const unchanged = previous === undefined || changed || vanished ? 0 : previous.unchanged + Number(due);
  const jitter = 1 + (moment.chance * 2 - 1) * TTL_JITTER;
  return {
    source: reading.source,
    record: kept.record,
    record_hash: kept.record_hash,
    partial: kept.partial,
    retrieved_at: vanished ? known.retrieved_at : iso(moment.now),
    fresh_until: iso(moment.now + Math.round(ttlMs(reading, unchanged, changed) * jitter)),
    unchanged,
    vanished,
  };
}

/** What a caller accepts. */
export interface Acceptance {
  /** The oldest data; null: each source's own TTL. */
  maxAgeMs: number | null;
  /** Unix ms: what was read since is young enough, whatever its age. */
  notBefore?: number;
}

/** How usable a state is at `now` for a caller. */
export function freshnessOf(state: SourceState, now: number, { maxAgeMs, notBefore }: Acceptance): Freshness {
  const retrievedAt = Date.parse(state.retrieved_at);
  const age = now - retrievedAt;
  const freshUntil = Date.parse(state.fresh_until);
  if (notBefore !== undefined && retrievedAt >= notBefore) return "fresh";
  if (maxAgeMs !== null) return age <= maxAgeMs ? "fresh" : "expired";
  if (now < freshUntil) return "fresh";
  return now < freshUntil + STALE_WHILE_REVALIDATE_MS ? "stale" : "expired";
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
