import type { SourceName } from "./source.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

export interface SourcePolicy {
  /** How long an answer counts as fresh before jitter and adaptation, ms. */
  ttlMs: number;
  /** A paid source is asked only when the caller names it. */
  paid: boolean;
  /** How far its word is taken, 0..1, when no other source speaks. */
  confidence: number;
}

/** The whole enrichment is as fresh as its fastest free source: 2 hours. */
export const SOURCE_POLICIES: Record<SourceName, SourcePolicy> = {
  recherche_entreprises: { ttlMs: 2 * HOUR, paid: false, confidence: 0.95 },
  insee: { ttlMs: 24 * HOUR, paid: false, confidence: 0.98 },
  bodacc: { ttlMs: 6 * HOUR, paid: false, confidence: 0.95 },
  ratios_inpi: { ttlMs: 24 * HOUR, paid: false, confidence: 0.9 },
  pappers: { ttlMs: 24 * HOUR, paid: true, confidence: 0.9 },
  kaspr: { ttlMs: 6 * HOUR, paid: true, confidence: 0.7 },
};

/** A "no such company" is believed for an hour, an answer with parts missing for five minutes. */
export const NOT_FOUND_TTL_MS = HOUR;
export const PARTIAL_TTL_MS = 5 * MINUTE;
/** Past its freshness an answer still serves: at once while it is refreshed, and when the source fails. */
export const STALE_WHILE_REVALIDATE_MS = 24 * HOUR;
export const STALE_IF_ERROR_MS = 30 * 24 * HOUR;
/** Bounds of the adaptive factor: halved when the data just changed, up to ×4 when it never does. */
export const ADAPTIVE = { changed: 0.5, step: 0.5, max: 4 } as const;
export const TTL_JITTER = 0.1;
