import { BATCH_REACH } from "../enrichment/call-source.ts";
import { placesIn, type RateLimit } from "../enrichment/gate.ts";
import type { SourceName } from "../enrichment/source.ts";

/** What is still to be done. */
export interface PlannedWork {
  /** Companies of which some source is to be asked. */
  companies: number;
  /** How often each source is. */
  calls: { source: SourceName; calls: number }[];
}

/** What bounds the pace of batches. */
export interface BatchPace {
  limits: Record<SourceName, RateLimit[]>;
  /** Companies that all consumers together have under way at once. */
  places: number;
}

/** The queue, the split and the first answers. */
const START_SECONDS = 2;
/** That a company takes its place, its sources being asked side by side. */
const COMPANY_SECONDS = 1;

/**
 * Whole seconds: what the slowest source needs for its calls at the rate it has for batches, or we for the companies,
 * whichever is more. A lower bound where other work asks the same sources.
 */
export function estimateSeconds({ companies, calls }: PlannedWork, { limits, places }: BatchPace): number {
  const ours = START_SECONDS + (companies * COMPANY_SECONDS) / places;
  const theirs = calls.flatMap((planned) =>
    limits[planned.source].map(
      (limit) => (planned.calls * limit.window_ms) / placesIn(limit, BATCH_REACH.share) / 1_000,
    ),
  );
  return Math.ceil(Math.max(ours, ...theirs));
}

/** The same where each of these sources is asked about each company. */
export function estimateCompanies(sources: SourceName[], companies: number, pace: BatchPace): number {
  return estimateSeconds({ companies, calls: sources.map((source) => ({ source, calls: companies })) }, pace);
}
